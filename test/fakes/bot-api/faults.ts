import type { ResponseParameters } from "./wire.ts";

/** A call as the fake has recorded it. */
export interface Call {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** When it arrived, as `performance.now()` tells it. */
  readonly at: number;
  /** The HTTP status of the answer; undefined as long as, or when, there is none. */
  readonly status?: number;
  /** The description of a refusal. */
  readonly error?: string;
}

export type Fault = {
  /** The method's name, or "file" for a download. Every method when it is missing. */
  method?: string;
  chatId?: number;
  when?: (call: Call) => boolean;
  /** How many calls it hits: one unless told, `Infinity` until cleared. */
  times?: number;
} & (
  | {
      kind:
        | "drop" // the connection breaks and nothing was done
        | "drop-after" // the connection breaks after all was done
        | "500" // the server restarts
        | "502-html" // a proxy answers for it
        | "cut-body"; // all was done, half of the answer arrives
    }
  /** Nothing is done and no answer comes; after `ms`, when given, the connection breaks. */
  | { kind: "hang"; ms?: number }
  | { kind: "delay"; ms: number }
  /** With a `chat_id` in the call the chat's deadline is set too, so that an early retry counts as hammering. */
  | { kind: "429"; retryAfter: number }
  | { kind: "error"; code: number; description: string; parameters?: ResponseParameters }
);

export interface FaultHandle {
  readonly hits: number;
  clear(): void;
}

/** The scripted faults; the oldest that fits a call hits it. */
export class Faults {
  readonly #active = new Set<{ fault: Fault; left: number; hits: number }>();

  add(fault: Fault): FaultHandle {
    const entry = { fault, left: fault.times ?? 1, hits: 0 };
    this.#active.add(entry);
    return {
      get hits() {
        return entry.hits;
      },
      clear: () => void this.#active.delete(entry),
    };
  }

  take(call: Call): Fault | undefined {
    for (const entry of this.#active) {
      const { method, chatId, when } = entry.fault;
      if (method !== undefined && method.toLowerCase() !== call.method.toLowerCase()) continue;
      if (chatId !== undefined && chatId !== Number(call.params.chat_id)) continue;
      if (when !== undefined && !when(call)) continue;
      entry.hits++;
      entry.left--;
      if (entry.left <= 0) this.#active.delete(entry);
      return entry.fault;
    }
    return undefined;
  }
}
