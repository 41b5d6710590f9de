import { once } from "node:events";
import { systemClock } from "../clock.ts";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { createLog } from "../log.ts";
import { LockedError, lockProject, type ProjectPaths, prepareState, projectPaths } from "../project.ts";
import { createSecrets } from "../secrets.ts";
import type { BotService, ServiceOptions } from "../service.ts";
import { createClient } from "../telegram/client.ts";
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
  const server = { root: config.apiRoot, token: config.token, proxy: config.proxy };
  const client = createClient(server);
  const stopped = untilStopped();
  const { signal } = stopped;
  const opening = openBridge({ config, paths, env: around.env, server, clock, log, secrets, say, signal });
  // What went wrong is told by whoever awaits it; it also ends the polling.
  opening.catch(stopped.abort);
  // Beside the last call of the polling: there is little time between a signal and the end.
  const stopping = once(signal, "abort").then(async () => (await opening).stop());
  stopping.catch(() => {});
  try {
    await poll({
      client,
      clock,
      log,
      signal,
      receive: async (updates) => (await opening).receive(updates),
      onTrouble(trouble) {
        say(trouble ?? "Telegram answers again.");
        if (trouble === undefined) void opening.then((service) => service.wake()).catch(() => {});
      },
    });
    say("Stopping …");
    await opening;
  } finally {
    stopped.abort();
    await stopping.catch(() => {});
    client.close();
    stopped.release();
  }
  return EXIT.done;
}

/** Of the event loop, to a server on this machine. With any other the rest is loaded while the connection is made. */
const TURNS_TO_CONNECT = 4;

/** The first request for updates leaves before the rest is even loaded: the answer takes its time anyway. */
async function openBridge(options: ServiceOptions): Promise<BotService> {
  for (let turn = 0; turn < TURNS_TO_CONNECT; turn++) await new Promise(setImmediate);
  const { startService } = await import("../service.ts");
  return startService(options);
}

function explain(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
    return `nanogent may not write to ${path ?? "its folder"}. Run it as the owner of the folder, or change its permissions.`;
  }
  if (code === "ENOSPC") return "The disk is full. Make room, then start again.";
  return `nanogent cannot start: ${message}`;
}
