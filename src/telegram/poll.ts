import { createBackoff } from "../backoff.ts";
import { type Clock, sleep } from "../clock.ts";
import type { Log } from "../log.ts";
import type { BotClient } from "./client.ts";
import { ApiError, type ApiFault, faultOf, NetworkError } from "./errors.ts";
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
  /** Called once when polling begins to fail, and again when it works or fails for another reason. */
  readonly onTrouble: (trouble: PollTrouble | undefined) => void;
  /** Called once, when everything that waited at Telegram at the start has been received. */
  readonly onCaughtUp?: () => void;
  /** Removes a webhook first, which would keep all messages to itself. What waits at Telegram stays. */
  readonly takeOver?: boolean;
}

/** Why no messages come. */
export interface PollTrouble {
  readonly kind: "network" | "receive" | "rival" | ApiFault;
  /** For a person: what it is, and what to do. */
  readonly text: string;
}

/** The token is not (or no longer) valid: there is nothing to wait for. */
export class UnauthorizedError extends Error {
  override name = "UnauthorizedError";
}

/** Seconds; the server allows 50 at most. */
const POLL_S = 50;
/** How many updates the server gives at once; fewer are all there are. */
const MOST_AT_ONCE = 100;
/** A poll can hang without any error after sleep or a change of network. */
const GRACE_S = 10;
/** Of tries to reach a network that is away; with the time that one takes, its return is noticed within 15 s. */
const LONGEST_GAP_MS = 7_000;
/** For so long Telegram may hold the place of a poll whose program is dead. A conflict that lasts longer has a rival. */
const SLOT_MS = 60_000;
/** Conflicts further apart than this are not one. */
const TRUCE_MS = 5 * 60_000;

/**
 * Fetches updates until the signal aborts (https://core.telegram.org/bots/api#getupdates). Whatever goes wrong, it
 * waits and tries again.
 * @throws UnauthorizedError when the server does not know the token.
 */
export async function poll(options: PollOptions): Promise<void> {
  const { client, clock, log, signal, receive, onTrouble } = options;
  const backoff = createBackoff();
  const rivalry = watchRivals(clock);
  let told: string | undefined;
  let offset: number | undefined;
  let hasWebhook = options.takeOver ?? false;
  let behind = true;
  while (!signal.aborted) {
    try {
      if (hasWebhook) await client.call("deleteWebhook", { drop_pending_updates: false });
      hasWebhook = false;
      // At the start, and after an outage, an answer at once tells how things are; a long poll would only tell with the
      // next message.
      const timeout = behind || told === "network" ? 0 : POLL_S;
      const updates = await client.call(
        "getUpdates",
        { ...(offset === undefined ? {} : { offset }), timeout, allowed_updates: ALLOWED_UPDATES },
        { timeoutMs: (timeout + GRACE_S) * 1000, signal },
      );
      // Once the server has taken an offset it has deleted what is before it. Sending none from then on keeps working
      // when update ids restart at random, as they do after a week without any.
      offset = undefined;
      if (updates.length > 0) {
        await receive(updates);
        offset = lastId(updates) + 1;
      }
      if (behind && updates.length < MOST_AT_ONCE) {
        behind = false;
        options.onCaughtUp?.();
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
      const wait = pauseAfter(error) ?? backoff.next(trouble.kind === "network" ? LONGEST_GAP_MS : undefined);
      log[trouble.kind === told ? "debug" : "warn"]("poll failed", { error, waitMs: Math.round(wait) });
      if (trouble.kind !== told) onTrouble(trouble);
      if (trouble.kind === "conflict-poller" && rivalry.lasts()) onTrouble({ ...trouble, kind: "rival" });
      told = trouble.kind;
      await sleep(clock, wait, signal);
    }
  }
  await commit(client, offset, log);
}

/** @throws TypeError when none has an id by which it could be confirmed. */
function lastId(updates: readonly Update[]): number {
  const id = updates.map((update) => update?.update_id).findLast(Number.isSafeInteger);
  if (id === undefined) throw new TypeError("they have no ids");
  return id;
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

/** Tells once that conflicts have gone on for longer than a dead program can cause them. */
function watchRivals(clock: Clock): { lasts(): boolean } {
  let first = 0;
  let last = Number.NEGATIVE_INFINITY;
  let told = false;
  return {
    lasts() {
      const now = clock.monotonic();
      if (now - last > TRUCE_MS) {
        first = now;
        told = false;
      }
      last = now;
      if (told || now - first < SLOT_MS) return false;
      told = true;
      return true;
    },
  };
}

function pauseAfter(error: unknown): number | undefined {
  return error instanceof ApiError && error.retryAfter !== undefined ? error.retryAfter * 1000 : undefined;
}

/** @throws UnauthorizedError */
function troubleOf(error: unknown): PollTrouble {
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
        text: "This bot has a webhook, so Telegram gives its messages to somebody else. `nanogent start --take-over` removes it.",
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
