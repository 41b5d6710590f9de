import { createBackoff } from "../backoff.ts";
import { COMMANDS } from "../chat/commands/all.ts";
import type { BotIdentity } from "../chat/incoming.ts";
import { type Clock, sleep } from "../clock.ts";
import type { Log } from "../log.ts";
import type { BotClient } from "./client.ts";

/**
 * Learns what the bot is called and tells Telegram its commands, trying until it works. Runs beside the polling, so
 * that an outage at the start holds nothing up.
 */
export async function introduce(options: {
  client: BotClient;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}): Promise<BotIdentity> {
  const { client, clock, log, signal } = options;
  const backoff = createBackoff();
  for (;;) {
    try {
      const { id, username } = await client.call("getMe", {});
      const commands = COMMANDS.map(({ names: [command], summary }) => ({ command, description: summary }));
      client
        .call("setMyCommands", { commands })
        .catch((error) => log.warn("commands not registered", { error }));
      return { id, username: username ?? "" };
    } catch (error) {
      log.debug("getMe failed", { error });
      await sleep(clock, backoff.next(), signal);
      // Nobody waits for the answer any more; an error would only be noise.
      if (signal.aborted) return new Promise(() => {});
    }
  }
}
