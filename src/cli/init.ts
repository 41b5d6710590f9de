import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError, readConfig } from "../config.ts";
import { PERMISSION_MODES, parseToken, ValueFault } from "../config-keys.ts";
import { parseEnv, withEnvValue, writeFilePrivately } from "../env-file.ts";
import { ignoreOwnFiles } from "../gitignore.ts";
import { createClient } from "../telegram/client.ts";
import { ApiError, faultOf } from "../telegram/errors.ts";
import { type Dialog, openDialog } from "./ask.ts";
import { envExample } from "./env-example.ts";
import { EXIT, type Surroundings, type VerbCall } from "./verb.ts";

/** `nanogent init`: puts the program and its settings into a folder. Leaves alone what is there, unless forced. */
export async function init({ flags, around }: VerbCall): Promise<number> {
  const { folder, stdout, stderr } = around;
  const force = flags.has("--force");
  const say = (line: string): void => void stdout.write(`${line}\n`);
  let token: string | undefined;
  try {
    refuseUnusable(folder);
    // Asked first: who leaves in the middle leaves nothing behind.
    const settings = await settingsFor(join(folder, ".env"), force, around);
    copyProgram(folder, force, say);
    put(join(folder, ".env.example"), envExample(), force, say);
    writeSettings(join(folder, ".env"), settings, say);
    const ignored = ignoreOwnFiles(folder);
    if (ignored.length > 0) say(`added    ${ignored.join(" and ")} to .gitignore`);
    token = around.env.TELEGRAM_BOT_TOKEN || valueIn(readFileSync(join(folder, ".env"), "utf8"), TOKEN);
  } catch (error) {
    if (error instanceof ConfigError) {
      stderr.write(`The configuration needs a correction:\n${error.message}\n`);
      return EXIT.usage;
    }
    stderr.write(`init stopped: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failed;
  }
  say("");
  say(
    token
      ? "Start it:  node nanogent.mjs"
      : "Put the token from @BotFather into .env, then start it:  node nanogent.mjs",
  );
  return EXIT.done;
}

const TOKEN = "TELEGRAM_BOT_TOKEN";
const PERMISSIONS = "NANOGENT_PERMISSIONS";

/** @throws Error whose message is fit for the console. */
function refuseUnusable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    throw new Error(
      `nanogent may not write to ${folder}. Run it as the owner of the folder, or change its permissions.`,
    );
  }
  for (const name of [".env", ".env.example", ".gitignore", "nanogent.mjs"]) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (found && !found.isFile()) {
      throw new Error(`${name} is not a file. Move it away, then run init again.`);
    }
  }
}

function valueIn(env: string, key: string): string | undefined {
  return parseEnv(env).entries.get(key)?.value;
}

/** The text of the new `.env`; undefined when the old one stays. */
async function settingsFor(path: string, force: boolean, around: Surroundings): Promise<string | undefined> {
  if (existsSync(path) && !force) return undefined;
  const before = existsSync(path) ? readFileSync(path, "utf8") : envExample();
  const atTerminal = around.stdin.isTTY === true && around.stdout.isTTY === true;
  return atTerminal ? askForValues(before, around) : before;
}

function writeSettings(path: string, text: string | undefined, say: (line: string) => void): void {
  if (text === undefined) {
    chmodSync(path, 0o600);
    say("kept     .env (--force asks for its values again)");
  } else {
    writeFilePrivately(path, text);
    say("wrote    .env, readable by you only");
  }
}

function copyProgram(folder: string, force: boolean, say: (line: string) => void): void {
  const source = realpathSync(fileURLToPath(import.meta.url));
  const target = join(folder, "nanogent.mjs");
  if (existsSync(target) && realpathSync(target) === source) return;
  if (existsSync(target) && !force) {
    say("kept     nanogent.mjs (--force replaces it)");
    return;
  }
  // What lies there may be a link: it is replaced, not followed.
  rmSync(target, { force: true });
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
  rmSync(path, { force: true });
  writeFileSync(path, text);
  say(`wrote    ${name}`);
}

async function askForValues(text: string, around: Surroundings): Promise<string> {
  const { apiRoot, proxy } = readConfig(around.folder, around.env, { telegram: false });
  const before = PERMISSION_MODES.find((mode) => mode === valueIn(text, PERMISSIONS)) ?? "skip";
  const dialog = openDialog(around);
  try {
    const say = (line: string): void => void around.stdout.write(`${line}\n`);
    const token = await askForToken(dialog, { root: apiRoot, proxy }, say);
    const mode = await dialog.ask(
      [
        "May the agent do everything without asking?",
        "  skip   yes: meant for unattended work in a folder that you can restore",
        "  edits  it may edit files, and asks in the chat before it runs anything",
        "  ask    it asks in the chat before each step",
        "  plan   it only reads and plans",
        `Permissions [${before}]: `,
      ].join("\n"),
      (answer) => (answer === "" ? before : PERMISSION_MODES.find((each) => each === answer.toLowerCase())),
      `Please answer ${PERMISSION_MODES.join(", ")}: `,
    );
    const withToken = token === "" ? text : withEnvValue(text, TOKEN, token);
    return withEnvValue(withToken, PERMISSIONS, mode);
  } finally {
    dialog.close();
  }
}

/** The token, checked with Telegram itself; empty when it is left for later. */
async function askForToken(
  dialog: Dialog,
  server: { root: URL; proxy: URL | undefined },
  say: (line: string) => void,
): Promise<string> {
  for (;;) {
    const token = await dialog.askSecretly(
      "Bot token, from @BotFather in Telegram (not shown; Enter leaves it for later): ",
    );
    if (token === "") return "";
    try {
      const client = createClient({ ...server, token: parseToken(token) });
      const { username } = await client.call("getMe", {}, { timeoutMs: 10_000 });
      say(`This is the token of @${username}.`);
      return token;
    } catch (error) {
      if (error instanceof ValueFault) say(`That ${error.message}.`);
      else if (error instanceof ApiError && ["unauthorized", "other"].includes(faultOf(error))) {
        say("Telegram does not know this token. Copy it again from @BotFather.");
      } else {
        say("Telegram cannot be reached now, so the token was not checked.");
        return token;
      }
    }
  }
}
