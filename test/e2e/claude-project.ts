import { join } from "node:path";
import type { TestContext } from "node:test";
import { startModel } from "../fakes/anthropic.ts";
import { type BotApiOptions, seen } from "../fakes/bot-api.ts";
import { claudeEnv, realClaude } from "../fakes/real-claude.ts";
import { OWNER, type Project, project } from "./project.ts";

const claude = await realClaude();
export const skip = "skip" in claude ? claude.skip : false;

/** A project whose bot runs the real Claude Code, against a scripted model. */
export async function claudeProject(
  t: TestContext,
  settings: Record<string, string> = {},
  api: BotApiOptions = {},
) {
  const model = await startModel();
  t.after(() => model.close());
  const home: Project = await project(t, {
    api,
    env: {
      TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
      NANOGENT_CLAUDE: "binary" in claude ? claude.binary : "",
      ...settings,
    },
  });
  const environment = { ...claudeEnv(join(home.folder, "home"), model.url), CLAUDE_CODE_MAX_RETRIES: "0" };
  const chat = home.api.privateChat(OWNER, { firstName: "Ada" });
  const start = (more: Readonly<Record<string, string>> = {}) =>
    home.start({ ...Object.fromEntries(Object.entries(environment).map(([k, v]) => [k, v ?? ""])), ...more });
  const answers = () => seen(home.api, chat);
  const until = (what: RegExp) =>
    home.api.waitFor(() => answers().find((text) => what.test(text)), {
      what: String(what),
      timeoutMs: 30_000,
    });
  /** The message of the chat that says this, with a button of that name, or with any. */
  const button = (what: RegExp, name = "") =>
    home.api.waitFor(
      () =>
        home.api
          .messages(chat)
          .find(
            ({ text, keyboard }) => what.test(text) && JSON.stringify(keyboard).includes(`"text":"${name}`),
          ),
      { what: `${what} with a button ${name}`, timeoutMs: 30_000 },
    );
  return { ...home, model, chat, start, answers, until, button };
}
