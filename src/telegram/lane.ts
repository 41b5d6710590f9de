import { type Backoff, createBackoff } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { Bucket } from "./bucket.ts";
import { createPace, type Pace, tokensFor } from "./pacing.ts";

/** In the order in which they leave. */
export type OperationKind =
  | "urgent"
  | "reply"
  | "send"
  | "final"
  | "notice"
  | "frame"
  | "action"
  | "reaction";

/**
 * What became of one try. All but `settled` put it back, in front of its kind: `again` to be tried after a while,
 * `changed` as soon as the pace allows, since it is not the same call any more.
 */
export type Attempt = "settled" | "again" | "changed" | { readonly pauseSeconds: number };

/** One call for a chat that waits its turn. */
export interface Operation {
  readonly kind: OperationKind;
  /** Of two waiting operations with one key only the newer one leaves. */
  readonly key?: string;
  /** Asked when it would leave: whether it still should. */
  wanted?(): boolean;
  /** Never rejects. */
  attempt(): Promise<Attempt>;
  /** It will not be tried (again). */
  dropped(): void;
}

const ORDER: readonly OperationKind[] = [
  ...(["urgent", "reply", "send", "final"] as const),
  ...(["notice", "frame", "action", "reaction"] as const),
];
const MATTERS: ReadonlySet<OperationKind> = new Set(["urgent", "reply", "send", "final"]);
/** Only the messages at the end of a chat are still edited. */
const MOST_COUNTED = 32;

/**
 * All calls for one chat, one at a time, at the chat's own pace. A pause that the server asks for holds back every
 * kind of call of this chat and of no other.
 */
export class Lane {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #overall: Bucket;
  readonly #backoff: Backoff = createBackoff();
  readonly #frames = new Map<string, number>();
  readonly #changed: () => void;
  #waiting: Operation[] = [];
  #underWay: Operation | undefined;
  #reacting = false;
  #notBefore = 0;
  #cancelTimer: (() => void) | undefined;

  /** @param overall What all lanes together may use up. @param changed Called whenever an operation has ended. */
  constructor(clock: Clock, group: boolean, overall: Bucket, changed: () => void) {
    this.#clock = clock;
    this.#overall = overall;
    this.#pace = createPace(group, () => clock.monotonic());
    this.#changed = changed;
  }

  /** Whether nothing that matters waits or is under way. */
  get delivered(): boolean {
    const matters = ({ kind }: Operation): boolean => MATTERS.has(kind);
    // Where a notice on its way ends up must be known to whoever will take it away.
    return !this.#open.some(matters) && this.#underWay?.kind !== "notice";
  }

  /** Whether a new lane would do the same from here on: nothing waits, and no time has to pass. */
  get rested(): boolean {
    return this.#open.length === 0 && this.#pace.rested();
  }

  add(operation: Operation): void {
    const rivals = this.#open.filter(({ key }) => key !== undefined && key === operation.key);
    // What a message shows in the end must not give way to a picture of progress that comes late.
    const late = operation.kind === "frame" && rivals.some(({ kind }) => kind === "final");
    if (late) {
      operation.dropped();
      return;
    }
    const replaced = rivals.filter((rival) => rival !== this.#underWay);
    this.#waiting = this.#waiting.filter((other) => !replaced.includes(other));
    for (const other of replaced) other.dropped();
    this.#waiting.push(operation);
    this.#pump();
  }

  /** The network is back: what waits because of failures leaves now. A pause that the server asked for goes on. */
  wake(): void {
    this.#notBefore = 0;
    this.#backoff.reset();
    this.#pump();
  }

  get #open(): Operation[] {
    return this.#underWay ? [this.#underWay, ...this.#waiting] : this.#waiting;
  }

  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#underWay) return;
    const may = ({ kind }: Operation): boolean => kind !== "reaction" || !this.#reacting;
    const ordered = ORDER.flatMap((kind) =>
      this.#waiting.filter((operation) => operation.kind === kind && may(operation)),
    );
    const waits = ordered.map((operation) => this.#wait(operation));
    const ready = ordered.find((_, index) => waits[index] === 0);
    if (ready?.wanted?.() === false) this.#withdraw(ready);
    else if (ready?.kind === "reaction") void this.#runBeside(ready);
    else if (ready) void this.#run(ready);
    else if (waits.length > 0) this.#cancelTimer = this.#clock.after(Math.min(...waits), () => this.#pump());
  }

  #withdraw(operation: Operation): void {
    this.#waiting = this.#waiting.filter((other) => other !== operation);
    operation.dropped();
    this.#pump();
  }

  #wait({ kind, key }: Operation): number {
    const outage = this.#notBefore - this.#clock.monotonic();
    const paced = this.#pace.wait(kind, this.#frames.get(key ?? "") ?? 0);
    return Math.max(0, Math.ceil(Math.max(outage, paced, this.#overall.wait(tokensFor(kind)))));
  }

  async #run(operation: Operation): Promise<void> {
    this.#underWay = operation;
    this.#waiting = this.#waiting.filter((other) => other !== operation);
    this.#pace.left(operation.kind);
    this.#overall.take();
    if (operation.kind === "frame" && operation.key !== undefined) this.#countFrame(operation.key);
    const started = this.#clock.monotonic();
    const result = await operation.attempt();
    this.#underWay = undefined;
    if (result === "settled") {
      this.#backoff.reset();
      this.#pace.answered(operation.kind, this.#clock.monotonic() - started);
    } else {
      if (result === "again") this.#notBefore = this.#clock.monotonic() + this.#backoff.next();
      else if (result !== "changed") this.#pace.block(result.pauseSeconds);
      this.#putBack(operation, typeof result === "object");
    }
    this.#changed();
    this.#pump();
  }

  /** Nothing waits for the answer to a reaction but the next one. It is tried once. */
  async #runBeside(operation: Operation): Promise<void> {
    this.#reacting = true;
    this.#waiting = this.#waiting.filter((other) => other !== operation);
    this.#pace.left(operation.kind);
    this.#overall.take();
    this.#pump();
    const result = await operation.attempt();
    this.#reacting = false;
    if (typeof result === "object") this.#pace.block(result.pauseSeconds);
    if (result !== "settled") operation.dropped();
    this.#pump();
  }

  #putBack(operation: Operation, paused: boolean): void {
    const newer = this.#waiting.some(({ key }) => key !== undefined && key === operation.key);
    // An action tells what goes on now: later it would be a lie. A notice is not worth a call when calls are short.
    const stale = operation.kind === "action" || (operation.kind === "notice" && paused);
    if (newer || stale) operation.dropped();
    else this.#waiting.unshift(operation);
  }

  #countFrame(key: string): void {
    this.#frames.set(key, (this.#frames.get(key) ?? 0) + 1);
    const oldest = this.#frames.size > MOST_COUNTED ? this.#frames.keys().next().value : undefined;
    if (oldest !== undefined) this.#frames.delete(oldest);
  }
}
