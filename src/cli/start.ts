import { lockBot } from "../bot-lock.ts";
import { ConfigError, readConfig } from "../config.ts";
import { type Lock, LockedError } from "../lock.ts";
import { lockProject, prepareState, projectPaths } from "../project.ts";
import { UnauthorizedError } from "../telegram/poll.ts";
import { answerBot } from "./answer-bot.ts";
import { EXIT, type VerbCall } from "./verb.ts";

/** `nanogent start`: answers the bot until it is stopped. */
export async function start({ flags, around }: VerbCall): Promise<number> {
  const paths = projectPaths(around.folder);
  const locks: Lock[] = [];
  try {
    const config = readConfig(around.folder, around.env, { telegram: true });
    prepareState(paths);
    locks.push(lockProject(paths));
    const bot = lockBot(config, around.env);
    if (bot) locks.push(bot);
    const renew = (): void => {
      for (const lock of locks) lock.renew();
    };
    return await answerBot(config, paths, around, { takeOver: flags.has("--take-over"), lock: { renew } });
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
    for (const { release } of locks.reverse()) release();
  }
}

function explain(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
    return `nanogent may not write to ${path ?? "its folder"}. Run it as the owner of the folder, or change its permissions.`;
  }
  if (code === "ENOSPC") return "The disk is full. Make room, then start again.";
  return `nanogent cannot start: ${message}`;
}
