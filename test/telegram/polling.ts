import type { TestContext } from "node:test";
import type { Clock } from "../../src/clock.ts";
import type { BotClient } from "../../src/telegram/client.ts";
import { poll } from "../../src/telegram/poll.ts";
import type { Update } from "../../src/telegram/types.ts";
import { type RecordingLog, recordingLog } from "./bot.ts";

export interface Polling extends Pick<RecordingLog, "says"> {
  /** The texts that have been received, in order. */
  readonly texts: string[];
  readonly troubles: (string | undefined)[];
  /** The same by their kinds, with the time on the clock. */
  readonly kinds: [kind: string | undefined, at: number][];
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface PollingOptions {
  readonly client: BotClient;
  readonly clock: Clock;
  readonly receive?: (updates: readonly Update[]) => Promise<void>;
  readonly onCaughtUp?: () => void;
}

/** Polls until the test ends. */
export function startPolling(
  t: TestContext,
  { client, clock, receive, onCaughtUp }: PollingOptions,
): Polling {
  const texts: string[] = [];
  const troubles: (string | undefined)[] = [];
  const kinds: [kind: string | undefined, at: number][] = [];
  const ending = new AbortController();
  const { log, says } = recordingLog();
  const ended = poll({
    client,
    clock,
    log,
    signal: ending.signal,
    ...(onCaughtUp ? { onCaughtUp } : {}),
    async receive(updates) {
      await receive?.(updates);
      texts.push(...updates.map(({ message }) => message?.text ?? ""));
    },
    onTrouble(trouble) {
      troubles.push(trouble?.text);
      kinds.push([trouble?.kind, clock.monotonic()]);
    },
  });
  const stop = (): Promise<void> => {
    ending.abort();
    return ended;
  };
  t.after(() => stop().catch(() => {}));
  return { texts, troubles, kinds, ended, stop, says };
}
