import type { Fault, FaultHandle } from "../../fakes/bot-api/faults.ts";
import type { BotApi } from "../../fakes/bot-api.ts";
import type { Random } from "./random.ts";

/** Real milliseconds between two faults. */
const SHORTEST_PAUSE_MS = 60;
const LONGEST_PAUSE_MS = 400;
/** In the bridge's seconds, as the longest that Telegram has asked for in the field. */
const LONGEST_FLOOD_S = 60;
const METHODS = [
  "sendMessage",
  "editMessageText",
  "deleteMessage",
  "getUpdates",
  "answerCallbackQuery",
  "sendDocument",
];
const CONFLICT =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

/** Faults that come at random moments as long as the storm lasts. */
export interface Storm {
  /** How many of each kind have come so far. */
  readonly counts: ReadonlyMap<string, number>;
  /** How many calls a scripted 429 has hit. */
  floodHits(): number;
  /** Takes back what has not hit yet, too. */
  end(): Promise<void>;
}

export function startStorm(api: BotApi, chatIds: readonly number[], random: Random): Storm {
  const counts = new Map<string, number>();
  const handles: { readonly kind: string; readonly handle: FaultHandle }[] = [];
  const count = (kind: string): void => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const strike = (fault: Fault): void => {
    count(fault.kind === "error" ? String(fault.code) : fault.kind);
    handles.push({ kind: fault.kind, handle: api.fault(fault) });
  };
  const method = (): string => random.pick(METHODS);
  const shortFlood = (): number => 1 + random.below(3);
  const troubles: readonly (readonly [number, () => void | Promise<void>])[] = [
    // Short ones are the rule.
    [
      6,
      () =>
        strike({
          kind: "429",
          method: random.pick(["sendMessage", "editMessageText"]),
          chatId: random.pick(chatIds),
          retryAfter: 1 + Math.floor(LONGEST_FLOOD_S * random.next() ** 4),
        }),
    ],
    [1, () => strike({ kind: "429", method: "getUpdates", retryAfter: shortFlood() })],
    [6, () => strike({ kind: "500", method: method(), times: 1 + random.below(3) })],
    [4, () => strike({ kind: "502-html", method: method() })],
    [6, () => strike({ kind: "drop", method: method() })],
    [6, () => strike({ kind: "drop-after", method: method() })],
    [4, () => strike({ kind: "cut-body", method: method() })],
    [4, () => strike({ kind: "hang", method: method(), ms: 100 + random.below(2_000) })],
    // Only the client's own deadline ends this one.
    [1, () => strike({ kind: "hang", method: method() })],
    [4, () => strike({ kind: "delay", method: method(), ms: 50 + random.below(800) })],
    [3, () => strike({ kind: "error", method: "getUpdates", code: 409, description: CONFLICT })],
    [5, () => disorder("repeat")],
    [5, () => disorder("reverse")],
    [1, outage],
  ];
  const disorder = (kind: "repeat" | "reverse"): void => {
    count(kind);
    api.disorder(kind);
  };
  async function outage(): Promise<void> {
    count("outage");
    await api.goOffline();
    await new Promise((resolve) => setTimeout(resolve, 100 + random.below(700)));
    await api.goOnline();
  }

  let over = false;
  let wake = (): void => {};
  const blow = async (): Promise<void> => {
    while (!over) {
      const pause = SHORTEST_PAUSE_MS + random.below(LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (!over) await random.weighted(troubles)();
    }
  };
  const blowing = blow();
  return {
    counts,
    floodHits: () =>
      handles.filter(({ kind }) => kind === "429").reduce((sum, { handle }) => sum + handle.hits, 0),
    async end() {
      over = true;
      wake();
      await blowing;
      for (const { handle } of handles) handle.clear();
    },
  };
}
