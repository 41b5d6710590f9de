/** What the next life of the bridge has to know of the Claude Code in a session. */
export interface ClaudeRecord {
  /** By which its hooks are known. */
  readonly secret: string;
  /** What was said of it in the chat, and still stands there. */
  readonly notices: readonly NoticeRecord[];
}

export interface NoticeRecord {
  readonly kind: NoticeKind;
  /** Of the hook that waits; empty for those that only tell. */
  readonly request: string;
  readonly messages: readonly { readonly chatId: number; readonly messageId: number }[];
}

const KINDS = ["permission", "finished", "waiting"] as const;
export type NoticeKind = (typeof KINDS)[number];

export function isClaudeRecord(value: unknown): value is ClaudeRecord {
  const { secret, notices } = (value ?? {}) as Record<string, unknown>;
  return /^[0-9a-f]{32,128}$/.test(String(secret)) && Array.isArray(notices) && notices.every(isNotice);
}

function isNotice(value: unknown): boolean {
  const { kind, request, messages } = (value ?? {}) as Record<string, unknown>;
  return (
    KINDS.some((each) => each === kind) &&
    /^([0-9a-f]{16})?$/.test(String(request)) &&
    Array.isArray(messages) &&
    messages.every(isMessage)
  );
}

function isMessage(value: unknown): boolean {
  const { chatId, messageId } = (value ?? {}) as Record<string, unknown>;
  return Number.isSafeInteger(chatId) && Number.isSafeInteger(messageId);
}
