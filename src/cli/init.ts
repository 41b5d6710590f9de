import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PERMISSION_MODES, parseHttpUrl, parseToken, ValueFault } from "../config-keys.ts";
import { withEnvValue, writeFilePrivately } from "../env-file.ts";
import { createClient } from "../telegram/client.ts";
import { ApiError, faultOf } from "../telegram/errors.ts";
import { ask, askSecretly } from "./ask.ts";
import { envExample } from "./env-example.ts";
import { EXIT, type Surroundings, type VerbCall } from "./verb.ts";

/** `nanogent init`: puts the program and its settings into a folder. Leaves alone what is there, unless forced. */
export async function init({ flags, around }: VerbCall): Promise<number> {
  const { folder, stdin, stdout, stderr } = around;
  const force = flags.has("--force");
  const say = (line: string): void => void stdout.write(`${line}\n`);
  try {
    copyProgram(folder, force, say);
    put(join(folder, ".env.example"), envExample(), force, say);
    const path = join(folder, ".env");
    if (existsSync(path) && !force) {
      chmodSync(path, 0o600);
      say("kept     .env (--force asks for its values again)");
    } else {
      const before = existsSync(path) ? readFileSync(path, "utf8") : envExample();
      writeFilePrivately(path, stdin.isTTY ? await askForValues(before, around) : before);
      say("wrote    .env, readable by you only");
    }
    ignore(folder, [".env", ".nanogent/"], say);
  } catch (error) {
    stderr.write(`init stopped: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failed;
  }
  say("");
  const hasToken = /^TELEGRAM_BOT_TOKEN=\S/m.test(readFileSync(join(folder, ".env"), "utf8"));
  say(
    hasToken
      ? "Start it:  node nanogent.mjs"
      : "Put the token from @BotFather into .env, then start it:  node nanogent.mjs",
  );
  return EXIT.done;
}

function copyProgram(folder: string, force: boolean, say: (line: string) => void): void {
  const source = realpathSync(fileURLToPath(import.meta.url));
  const target = join(folder, "nanogent.mjs");
  if (existsSync(target) && realpathSync(target) === source) return;
  if (existsSync(target) && !force) {
    say("kept     nanogent.mjs (--force replaces it)");
    return;
  }
  copyFileSync(source, target);
  chmodSync(target, 0o755);
  say("wrote    nanogent.mjs");
}

function put(path: string, text: string, force: boolean, say: (line: string) => void): void {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  if (existsSync(path) && !force) {
    say(`kept     ${name} (--force replaces it)`);
    return;
  }
  writeFileSync(path, text);
  say(`wrote    ${name}`);
}

function ignore(folder: string, names: readonly string[], say: (line: string) => void): void {
  const path = join(folder, ".gitignore");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const lines = text.split(/\r?\n/).map((line) => line.trim().replace(/^\//, ""));
  const missing = names.filter((name) => !lines.includes(name) && !lines.includes(name.replace(/\/$/, "")));
  if (missing.length === 0) return;
  appendFileSync(path, `${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`);
  say(`added    ${missing.join(" and ")} to .gitignore`);
}

async function askForValues(text: string, around: Surroundings): Promise<string> {
  const token = await askForToken(around);
  const mode = await ask(
    around,
    [
      "May the agent do everything without asking?",
      "  skip   yes: meant for unattended work in a folder that you can restore",
      "  edits  it may edit files, and asks in the chat before it runs anything",
      "  ask    it asks in the chat before each step",
      "  plan   it only reads and plans",
      "Permissions [skip]: ",
    ].join("\n"),
    (answer) => (answer === "" ? "skip" : PERMISSION_MODES.find((each) => each === answer.toLowerCase())),
    `Please answer ${PERMISSION_MODES.join(", ")}: `,
  );
  const withToken = token === "" ? text : withEnvValue(text, "TELEGRAM_BOT_TOKEN", token);
  return withEnvValue(withToken, "NANOGENT_PERMISSIONS", mode);
}

/** The token, checked with Telegram itself; empty when it is left for later. */
async function askForToken(around: Surroundings): Promise<string> {
  for (;;) {
    const token = (
      await askSecretly(
        around,
        "Bot token, from @BotFather in Telegram (not shown; Enter leaves it for later): ",
      )
    ).trim();
    if (token === "") return "";
    try {
      const root = parseHttpUrl(around.env.TELEGRAM_API_ROOT ?? "https://api.telegram.org");
      const { username } = await createClient({ root, token: parseToken(token) }).call(
        "getMe",
        {},
        { timeoutMs: 10_000 },
      );
      around.stdout.write(`This is the token of @${username}.\n`);
      return token;
    } catch (error) {
      if (error instanceof ValueFault) around.stdout.write(`That ${error.message}.\n`);
      else if (error instanceof ApiError && ["unauthorized", "other"].includes(faultOf(error))) {
        around.stdout.write("Telegram does not know this token. Copy it again from @BotFather.\n");
      } else {
        around.stdout.write("Telegram cannot be reached now, so the token was not checked.\n");
        return token;
      }
    }
  }
}
