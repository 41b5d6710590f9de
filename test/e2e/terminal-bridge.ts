import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { temporaryFolder } from "../fakes/folder.ts";
import { until } from "../web/until.ts";
import { pageOf } from "./bridge-page.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

export const OTHER_OWNER = 9;

/** Writes each line into a file, as it comes. */
export const readerInto = (file: string): string =>
  `stty -echo; echo ready; while read -r line; do echo "$line" >> ${file}; done`;

/** A bridge of two owners with the page that it serves, whose user has files of his own, by their names. */
export async function terminalBridge(
  t: TestContext,
  usersFiles: Readonly<Record<string, string>> = {},
  more: Readonly<Record<string, string>> = {},
) {
  const home = await temporaryFolder(t);
  for (const [name, text] of Object.entries(usersFiles)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text, { mode: 0o755 });
  }
  const settings = (others: Readonly<Record<string, string>> = {}) => ({
    NANOGENT_AGENT: "shell",
    TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${OTHER_OWNER}`,
    ...others,
  });
  const made = await project(t, { env: settings() });
  const { api, folder } = made;
  const environment = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, ".config"),
    TMUX_TMPDIR: home,
    PATH: `${join(home, "bin")}:${process.env.PATH}`,
    ...more,
  };
  const bridge = await made.start(environment);
  const ada = api.privateChat(OWNER, { firstName: "Ada", username: "ada" });
  const page = await pageOf(t, made);
  const token = await page.token(OWNER);
  return {
    ...{ home, environment, folder, api, ada, page, token, bridge },
    said: (what: RegExp, chat = ada) => untilSaid(api, chat, what),
    /** What a program has written into a file of the project. */
    got: (name: string): string =>
      existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "",
    close: (id: string) => page.call("DELETE", `/v1/sessions/${id}`, { token }),
    /** The ids of the terminals that run. */
    async running(): Promise<string[]> {
      const { json } = await page.call("GET", "/v1/sessions", { token });
      return (json.sessions as { id: string; state: string }[])
        .filter(({ state }) => state === "running")
        .map(({ id }) => id);
    },
    /** Settings besides those of the start, by a reload. */
    async set(more: Readonly<Record<string, string>>): Promise<void> {
      await made.writeEnv(settings(more));
      const times = (): number => bridge.output().split("The settings were read again").length;
      const before = times();
      bridge.child.kill("SIGHUP");
      await until("the reload", () => times() > before);
    },
  };
}
