import { once } from "node:events";
import { systemClock } from "../clock.ts";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { type Lock, LockedError } from "../lock.ts";
import { createLog } from "../log.ts";
import { createLogFile } from "../log-file.ts";
import type { ProjectPaths } from "../project.ts";
import { createSecrets } from "../secrets.ts";
import type { BotService, ServiceOptions } from "../service.ts";
import { watchSleep } from "../sleep-watch.ts";
import { keepHeapSmall } from "../small-heap.ts";
import { createClient } from "../telegram/client.ts";
import { poll } from "../telegram/poll.ts";
import { untilStopped } from "./signals.ts";
import { EXIT, type Surroundings } from "./verb.ts";

/**
 * Polls the bot and hands what comes to the service, until a signal or a fault of the bridge itself ends it.
 * @returns the exit code.
 * @throws UnauthorizedError, and the file system's error when the state cannot be opened.
 */
export async function answerBot(
  config: Config,
  paths: ProjectPaths,
  around: Surroundings,
  { takeOver, lock }: { readonly takeOver: boolean; readonly lock: Pick<Lock, "renew"> },
): Promise<number> {
  const clock = systemClock;
  // A console that is gone is no reason to end.
  for (const stream of [around.stdout, around.stderr]) stream.on("error", () => {});
  const secrets = createSecrets(config.secretValues);
  const say = (line: string): void => void around.stdout.write(`${secrets.redact(line)}\n`);
  const logFile = createLogFile(paths.log);
  const log = createLog({
    format: config.logFormat,
    secrets,
    write(line) {
      around.stderr.write(`${line}\n`);
      logFile.write(line);
    },
  });
  const server = { root: config.apiRoot, token: config.token, proxy: config.proxy };
  const client = createClient(server);

  const reload = async (): Promise<void> => {
    try {
      const next = readConfig(around.folder, around.env, { telegram: true });
      for (const line of (await opening).reload(next)) say(line);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      say(`The settings stay as they were, since .env needs a correction:\n${error.message}`);
    }
  };
  const stopped = untilStopped(() => void reload());
  const { signal } = stopped;

  let exitCode: number = EXIT.done;
  const onFault = (error: unknown): void => {
    log.error("internal fault", { error, stack: error instanceof Error ? error.stack : undefined });
    if (exitCode === EXIT.failed) return;
    exitCode = EXIT.failed;
    const notice = `⚠️ A fault in nanogent itself ended it (${String(error)}). What waits goes on when it is started again.`;
    // It comes before the end of what runs, which is told to the same chat.
    void opening.then((service) => service.tell(notice)).then(stopped.stop, stopped.stop);
  };
  process.on("uncaughtException", onFault);

  const claim = (): void => {
    try {
      lock.renew();
    } catch (error) {
      if (error instanceof LockedError) {
        exitCode = EXIT.failed;
        const { folder, pid } = error.holder;
        say(
          folder === paths.folder
            ? `While .nanogent/ was gone, another nanogent has been started in ${folder} (pid ${pid}): this one ends.`
            : `While the lock of the bot was gone, another nanogent has taken it: this one ends. ${error.message}`,
        );
        stopped.stop();
      }
      throw error;
    }
  };
  const { env } = around;
  const opening = openService({ config, paths, env, server, clock, log, secrets, say, claim, signal });
  // What went wrong is told by whoever awaits it; it also ends the polling.
  opening.catch(stopped.stop);
  // Beside the last call of the polling: there is little time between a signal and the end.
  const stopping = once(signal, "abort").then(async () => (await opening).stop());
  stopping.catch(() => {});
  const unwatch = watchSleep(clock, () => {
    log.info("machine was asleep, connections are made anew");
    client.close();
    void opening.then((service) => service.reconnect()).catch(() => {});
  });
  try {
    await poll({
      client,
      clock,
      log,
      signal,
      takeOver,
      receive: async (updates) => (await opening).receive(updates),
      onCaughtUp: () => void opening.then((service) => service.caughtUp()).catch(() => {}),
      onTrouble(trouble) {
        void opening
          .then((service) => {
            if (trouble?.kind === "rival") service.tell(`⚠️ ${trouble.text}`);
            if (trouble === undefined) service.wake();
          })
          .catch(() => {});
        if (trouble?.kind !== "rival") say(trouble?.text ?? "Telegram answers again.");
      },
    });
    say("Stopping …");
    await opening;
  } finally {
    unwatch();
    stopped.stop();
    await stopping.catch(() => {});
    client.close();
    stopped.release();
    process.off("uncaughtException", onFault);
    logFile.close();
  }
  return exitCode;
}

/** Of the event loop, to a server on this machine. With any other the rest is loaded while the connection is made. */
const TURNS_TO_CONNECT = 4;

/** The first request for updates leaves before the rest is even loaded: the answer takes its time anyway. */
async function openService(options: ServiceOptions): Promise<BotService> {
  for (let turn = 0; turn < TURNS_TO_CONNECT; turn++) await new Promise(setImmediate);
  keepHeapSmall();
  const { startService } = await import("../service.ts");
  return startService(options);
}
