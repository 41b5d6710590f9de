import { chooseAgent } from "../agents/choose.ts";
import { startBridge } from "../bridge.ts";
import { createPairing, type Pairing } from "../chat/pairing.ts";
import { systemClock } from "../clock.ts";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { LockedError, lockProject, type ProjectPaths, prepareState, projectPaths } from "../project.ts";
import { createSecrets } from "../secrets.ts";
import { Store } from "../store.ts";
import { createClient } from "../telegram/client.ts";
import { saveIncomingFile } from "../telegram/files.ts";
import { introduce } from "../telegram/identity.ts";
import { Outbox } from "../telegram/outbox.ts";
import { poll, UnauthorizedError } from "../telegram/poll.ts";
import { VERSION } from "../version.ts";
import { untilStopped } from "./signals.ts";
import { EXIT, type Surroundings, type VerbCall } from "./verb.ts";

/** `nanogent start`: answers the bot until it is stopped. */
export async function start({ around }: VerbCall): Promise<number> {
  const paths = projectPaths(around.folder);
  let unlock: (() => void) | undefined;
  try {
    const config = readConfig(around.folder, around.env, { telegram: true });
    prepareState(paths);
    unlock = lockProject(paths, VERSION);
    return await answerBot(config, paths, around);
  } catch (error) {
    if (error instanceof ConfigError) {
      around.stderr.write(`The configuration needs a correction:\n${error.message}\n`);
      return EXIT.usage;
    }
    if (error instanceof UnauthorizedError) {
      around.stderr.write(`${error.message}\n`);
      return EXIT.unauthorized;
    }
    around.stderr.write(`${error instanceof LockedError ? error.message : explain(error)}\n`);
    return EXIT.failed;
  } finally {
    unlock?.();
  }
}

async function answerBot(config: Config, paths: ProjectPaths, around: Surroundings): Promise<number> {
  const clock = systemClock;
  const secrets = createSecrets(config.secretValues);
  const say = (line: string): void => void around.stdout.write(`${secrets.redact(line)}\n`);
  const log = createLog({
    format: config.logFormat,
    secrets,
    write: (line) => void around.stderr.write(`${line}\n`),
  });
  const client = createClient({
    root: config.apiRoot,
    token: config.token,
    proxy: proxyFor(config, around.env),
  });
  const messenger = new Outbox({ client, clock, log, secrets });
  const store = await Store.open(paths.journal, log);
  const stopped = untilStopped();
  const pairing = isClosed(config) ? createPairing(() => clock.monotonic()) : undefined;
  const identity = introduce({ client, clock, log, signal: stopped.signal });
  const bridge = await startBridge({
    config,
    paths,
    agent: chooseAgent(config, around.env, log),
    messenger,
    store,
    clock,
    log,
    version: VERSION,
    ...(pairing ? { pairing } : {}),
    identity: () => identity,
    saveFile: (file, messageId) => saveIncomingFile(client, paths, file, messageId),
    announce: say,
  });
  for (const line of greeting(config, pairing)) say(line);
  void identity.then(({ username }) => say(`The bot is @${username}.`)).catch(() => {});
  try {
    const onTrouble = troubleReporter(say);
    await poll({
      client,
      clock,
      log,
      signal: stopped.signal,
      receive: (updates) => bridge.receive(updates),
      onTrouble,
    });
    say("Stopping …");
  } finally {
    stopped.abort();
    await bridge.stop();
    client.reconnect();
    stopped.release();
  }
  return EXIT.done;
}

function isClosed({ access }: Config): boolean {
  return !access.open && access.chats.length === 0 && access.users.length === 0;
}

function greeting(config: Config, pairing: Pairing | undefined): string[] {
  const { access, agent, permissions, folder, warnings } = config;
  const rights = agent === "claude" ? `, permissions: ${permissions}` : "";
  return [
    `nanogent ${VERSION} works in ${folder} with ${agent}${rights}. Ctrl-C stops it.`,
    ...warnings,
    ...(pairing
      ? [`Nobody may use this bot yet. To become its owner, send it in Telegram:  /pair ${pairing.code}`]
      : []),
    ...(access.open
      ? [
          "WARNING: TELEGRAM_ALLOWED_CHAT_IDS=* lets EVERYBODY who finds this bot run commands on this machine.",
        ]
      : []),
  ];
}

/** An outage is said once, not with every try. */
function troubleReporter(say: (line: string) => void): (trouble: string | undefined) => void {
  let told: string | undefined;
  return (trouble) => {
    if (trouble !== undefined && trouble !== told) say(trouble);
    if (trouble === undefined && told !== undefined) say("Telegram answers again.");
    told = trouble;
  };
}

/** The proxy, unless NO_PROXY names the server (a list of names; a leading dot or none covers what is below it). */
function proxyFor({ proxy, apiRoot }: Config, env: NodeJS.ProcessEnv): URL | undefined {
  const exceptions = (env.NO_PROXY ?? env.no_proxy ?? "")
    .split(",")
    .map((name) => name.trim().replace(/^\*?\./, ""));
  const excepted = exceptions.some(
    (name) =>
      name === "*" || (name !== "" && (apiRoot.hostname === name || apiRoot.hostname.endsWith(`.${name}`))),
  );
  return excepted ? undefined : proxy;
}

function explain(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
    return `nanogent may not write to ${path ?? "its folder"}. Run it as the owner of the folder, or change its permissions.`;
  }
  if (code === "ENOSPC") return "The disk is full. Make room, then start again.";
  return `nanogent cannot start: ${message}`;
}
