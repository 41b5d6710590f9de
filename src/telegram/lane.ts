import { type Backoff, createBackoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import { createPace, type Pace } from "./pacing.ts";

/** In the order in which they leave. */
export type OperationKind = "send" | "final" | "frame" | "action";

/** What became of one try. `again` puts it back, in front of its kind. */
export type Attempt = "settled" | "again" | { readonly pauseSeconds: number };

/** One call for a chat that waits its turn. */
export interface Operation {
  readonly kind: OperationKind;
  /** Of two waiting operations with one key only the newer one leaves. */
  readonly key?: string;
  /** Never rejects. */
  attempt(): Promise<Attempt>;
  /** It will not be tried (again). */
  dropped(): void;
}

const ORDER: readonly OperationKind[] = ["send", "final", "frame", "action"];

/**
 * All calls for one chat, one at a time, at the chat's own pace. A pause that the server asks for holds back every
 * kind of call of this chat and of no other.
 */
export class Lane {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #backoff: Backoff = createBackoff();
  readonly #frames = new Map<string, number>();
  readonly #changed: () => void;
  #waiting: Operation[] = [];
  #busy = false;
  #notBefore = 0;
  #cancelTimer: (() => void) | undefined;

  /** @param changed Called whenever an operation has ended. */
  constructor(clock: Clock, group: boolean, changed: () => void) {
    this.#clock = clock;
    this.#pace = createPace(group, () => clock.monotonic());
    this.#changed = changed;
  }

  /** Whether nothing that matters waits or is under way. */
  get delivered(): boolean {
    return !this.#busy && this.#waiting.every(({ kind }) => kind === "frame" || kind === "action");
  }

  get idle(): boolean {
    return !this.#busy && this.#waiting.length === 0;
  }

  add(operation: Operation): void {
    const replaced = this.#waiting.filter(
      (other) => operation.key !== undefined && other.key === operation.key,
    );
    this.#waiting = this.#waiting.filter((other) => !replaced.includes(other));
    for (const other of replaced) other.dropped();
    this.#waiting.push(operation);
    this.#pump();
  }

  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#busy) return;
    const ordered = ORDER.flatMap((kind) => this.#waiting.filter((operation) => operation.kind === kind));
    const waits = ordered.map((operation) => this.#wait(operation));
    const ready = ordered.find((_, index) => waits[index] === 0);
    if (ready) void this.#run(ready);
    else if (waits.length > 0) this.#cancelTimer = this.#clock.after(Math.min(...waits), () => this.#pump());
  }

  #wait(operation: Operation): number {
    const outage = this.#notBefore - this.#clock.monotonic();
    const paced = this.#pace.wait(operation.kind, this.#frames.get(operation.key ?? "") ?? 0);
    return Math.max(0, Math.ceil(Math.max(outage, paced)));
  }

  async #run(operation: Operation): Promise<void> {
    this.#busy = true;
    this.#waiting = this.#waiting.filter((other) => other !== operation);
    if (operation.kind !== "action") this.#pace.spend();
    if (operation.kind === "frame" && operation.key !== undefined) this.#countFrame(operation.key);
    const started = this.#clock.monotonic();
    const result = await operation.attempt();
    this.#busy = false;
    if (result === "settled") {
      this.#backoff.reset();
      this.#pace.answered(this.#clock.monotonic() - started);
    } else {
      if (result === "again") this.#notBefore = this.#clock.monotonic() + this.#backoff.next();
      else this.#pace.block(result.pauseSeconds);
      this.#putBack(operation);
    }
    this.#changed();
    this.#pump();
  }

  #putBack(operation: Operation): void {
    const newer = this.#waiting.some(({ key }) => key !== undefined && key === operation.key);
    // An action tells what goes on now: later it would be a lie.
    if (newer || operation.kind === "action") operation.dropped();
    else this.#waiting.unshift(operation);
  }

  #countFrame(key: string): void {
    this.#frames.set(key, (this.#frames.get(key) ?? 0) + 1);
    // Only the messages at the end of a chat are still edited.
    const oldest = this.#frames.size > 32 ? this.#frames.keys().next().value : undefined;
    if (oldest !== undefined) this.#frames.delete(oldest);
  }
}
