/** What somebody waits for in a session. */
export type WatchFor =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "silence"; readonly ms: number }
  | { readonly kind: "bell" }
  | { readonly kind: "exit" };

/** What somebody waits for, and where they are told. */
export interface SessionWatch {
  readonly place: { readonly chatId: number; readonly threadId?: number };
  readonly for: WatchFor;
  /** How often the text was there when the bridge last looked: when it is there more often, it has appeared since. */
  readonly shown?: number;
  /** It has happened, and this is on its way to the chat. */
  readonly words?: string;
}

export function isSessionWatch(value: unknown): value is SessionWatch {
  const { place, for: what, shown, words } = (value ?? {}) as Record<string, unknown>;
  const { chatId, threadId } = (place ?? {}) as Record<string, unknown>;
  return (
    Number.isSafeInteger(chatId) &&
    (threadId === undefined || Number.isSafeInteger(threadId)) &&
    (shown === undefined || Number.isSafeInteger(shown)) &&
    (words === undefined || typeof words === "string") &&
    isWatchFor(what)
  );
}

function isWatchFor(value: unknown): value is WatchFor {
  const { kind, text, ms } = (value ?? {}) as Record<string, unknown>;
  if (kind === "text") return typeof text === "string" && text !== "";
  if (kind === "silence") return Number.isSafeInteger(ms) && Number(ms) > 0;
  return kind === "bell" || kind === "exit";
}
