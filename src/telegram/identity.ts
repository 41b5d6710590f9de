import { createBackoff } from "../backoff.ts";
import type { BotIdentity } from "../chat/incoming.ts";
import { type Clock, sleep } from "../clock.ts";
import type { Log } from "../log.ts";
import type { BotClient } from "./client.ts";
import { ApiError } from "./errors.ts";
import type { BotCommand } from "./types.ts";

export interface IntroduceOptions {
  readonly client: BotClient;
  /** For the menu of the phone. */
  readonly commands: readonly BotCommand[];
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Learns what the bot is called and tells Telegram its commands, trying until it works. Runs beside the polling, so
 * that an outage at the start holds nothing up. Stays pending when the signal aborts.
 */
export async function introduce(options: IntroduceOptions): Promise<BotIdentity> {
  const { client, commands } = options;
  const { id, username, has_main_web_app } = await persist(options, () => client.call("getMe", {}));
  void persist(options, () => client.call("setMyCommands", { commands }));
  return { id, username: username ?? "", ...(has_main_web_app ? { hasMainApp: true } : {}) };
}

async function persist<T>({ clock, log, signal }: IntroduceOptions, call: () => Promise<T>): Promise<T> {
  const backoff = createBackoff();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      log.debug("introduction failed", { error });
      const pause = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0;
      await sleep(clock, Math.max(pause, backoff.next()), signal);
      // Nobody waits for the answer any more; an error would only be noise.
      if (signal.aborted) return new Promise(() => {});
    }
  }
}
