import type { IncomingMessage } from "node:http";
import type { Clock } from "../clock.ts";
import { HttpError } from "./http-error.ts";

const WINDOW_MS = 60_000;
const MOST_FAILED = 10;
const MOST_KEPT = 1_000;

/** Counts who fails to get in: ten times a minute are allowed. */
export class Tries {
  readonly #failed = new Map<string, { count: number; readonly until: number }>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws HttpError (429) when there were too many. */
  check(request: IncomingMessage): void {
    const entry = this.#failed.get(originOf(request));
    const left = (entry?.until ?? 0) - this.#clock.monotonic();
    if (!entry || left <= 0 || entry.count < MOST_FAILED) return;
    throw new HttpError(429, "too-many-tries", "Too many failed tries. Wait a minute.", {
      headers: { "Retry-After": String(Math.ceil(left / 1_000)) },
    });
  }

  fail(request: IncomingMessage): void {
    const now = this.#clock.monotonic();
    for (const [key, { until }] of this.#failed) {
      if (until <= now || this.#failed.size >= MOST_KEPT) this.#failed.delete(key);
    }
    const key = originOf(request);
    const entry = this.#failed.get(key);
    if (entry) entry.count += 1;
    else this.#failed.set(key, { count: 1, until: now + WINDOW_MS });
  }
}

/**
 * Who asks. Through a tunnel everybody comes from this machine, and only the tunnel's header tells them apart; a made-up
 * one gains nothing but more tries at what cannot be guessed.
 */
export function originOf({ headers, socket }: IncomingMessage): string {
  const forwarded = headers["cf-connecting-ip"] ?? headers["x-forwarded-for"];
  const last = String(forwarded ?? "")
    .split(",")
    .at(-1)
    ?.trim()
    .slice(0, 64);
  return last || (socket.remoteAddress ?? "");
}
