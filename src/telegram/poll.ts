import { createBackoff } from "../backoff.ts";
import { type Clock, sleep } from "../clock.ts";
import type { Log } from "../log.ts";
import type { BotClient } from "./client.ts";
import { ApiError, faultOf, NetworkError } from "./errors.ts";
import { ALLOWED_UPDATES, type Update } from "./types.ts";

export interface PollOptions {
  /** One that does nothing else: a poll that broke must not be tried again over a connection that broke with it. */
  readonly client: BotClient;
  readonly clock: Clock;
  readonly log: Log;
  /** Ends the polling at once, in the middle of a poll too. */
  readonly signal: AbortSignal;
  /**
   * Takes updates over; what it has resolved for is confirmed to the server, which then forgets it. When it rejects the
   * same updates come again, which can also happen after a crash.
   */
  readonly receive: (updates: readonly Update[]) => Promise<void>;
  /** Said once when polling begins to fail, and again when it works or fails for another reason. */
  readonly onTrouble: (trouble: string | undefined) => void;
}

/** The token is not (or no longer) valid: there is nothing to wait for. */
export class UnauthorizedError extends Error {
  override name = "UnauthorizedError";
}

/** Seconds; the server allows 50 at most. */
const POLL_S = 50;
/** A poll can hang without any error after sleep or a change of network. */
const GRACE_S = 10;

/**
 * Fetches updates until the signal aborts (https://core.telegram.org/bots/api#getupdates). Whatever goes wrong, it
 * waits and tries again.
 * @throws UnauthorizedError when the server does not know the token.
 */
export async function poll(options: PollOptions): Promise<void> {
  const { client, clock, log, signal, receive, onTrouble } = options;
  const backoff = createBackoff();
  let told: string | undefined;
  let offset: number | undefined;
  while (!signal.aborted) {
    try {
      // After an outage an answer at once tells that it is over; a long poll would only tell with the next message.
      const timeout = told === "network" ? 0 : POLL_S;
      const updates = await client.call(
        "getUpdates",
        { ...(offset === undefined ? {} : { offset }), timeout, allowed_updates: ALLOWED_UPDATES },
        { timeoutMs: (timeout + GRACE_S) * 1000, signal },
      );
      // Once the server has taken an offset it has deleted what is before it. Sending none from then on keeps working
      // when update ids restart at random, as they do after a week without any.
      offset = undefined;
      const last = updates.at(-1);
      if (last) {
        await receive(updates);
        offset = last.update_id + 1;
      }
      backoff.reset();
      if (told !== undefined) {
        log.info("polling again");
        onTrouble(undefined);
      }
      told = undefined;
    } catch (error) {
      if (signal.aborted) break;
      const trouble = troubleOf(error);
      const wait = pauseAfter(error) ?? backoff.next();
      log[trouble.kind === told ? "debug" : "warn"]("poll failed", { error, waitMs: Math.round(wait) });
      if (trouble.kind !== told) onTrouble(trouble.text);
      told = trouble.kind;
      await sleep(clock, wait, signal);
    }
  }
  await commit(client, offset, log);
}

/** Confirms what was received last, so that the next start does not get it again. */
async function commit(client: BotClient, offset: number | undefined, log: Log): Promise<void> {
  if (offset === undefined) return;
  try {
    await client.call("getUpdates", { offset, limit: 1, timeout: 0 }, { timeoutMs: 2_000 });
  } catch (error) {
    log.debug("offset not committed", { error });
  }
}

function pauseAfter(error: unknown): number | undefined {
  return error instanceof ApiError && error.retryAfter !== undefined ? error.retryAfter * 1000 : undefined;
}

/** @throws UnauthorizedError */
function troubleOf(error: unknown): { readonly kind: string; readonly text: string } {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof NetworkError) {
    return { kind: "network", text: `Telegram cannot be reached (${reason}). Trying again.` };
  }
  if (!(error instanceof ApiError)) {
    return { kind: "receive", text: `Messages cannot be taken over (${reason}). Trying again.` };
  }
  const kind = faultOf(error);
  switch (kind) {
    case "unauthorized":
      throw new UnauthorizedError(
        "Telegram does not know this bot token. Ask @BotFather for the current one (/token) and put it into .env.",
      );
    case "conflict-webhook":
      return {
        kind,
        text: "This bot has a webhook, so Telegram gives its messages to somebody else. Remove the webhook, then messages arrive here.",
      };
    case "conflict-poller":
      return {
        kind,
        text: "Another program reads this bot's messages. Stop it, or use a bot of its own for each project. (After a crash it may be our own last connection, for up to a minute.)",
      };
    default:
      return { kind, text: `Telegram answers: ${error.description}. Trying again.` };
  }
}
