/** The Bot API answered, and said no. Holds what is needed to act on it; never the URL, which contains the token. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly method: string;
  readonly code: number;
  /** The server's own words, such as `Bad Request: message is not modified: ...`. */
  readonly description: string;
  /** Seconds to wait before any further call for this chat. */
  readonly retryAfter: number | undefined;
  /** The new id of a group that became a supergroup. */
  readonly migrateTo: number | undefined;

  constructor(
    method: string,
    code: number,
    description: string,
    parameters: { retry_after?: number; migrate_to_chat_id?: number } = {},
  ) {
    super(`${method}: ${code} ${description}`);
    this.method = method;
    this.code = code;
    this.description = description;
    this.retryAfter = parameters.retry_after;
    this.migrateTo = parameters.migrate_to_chat_id;
  }
}

/** No answer came, or none that could be read. */
export class NetworkError extends Error {
  override name = "NetworkError";
  readonly method: string;
  /** Whether the request may have been carried out: false only when it provably never left. */
  readonly mayHaveArrived: boolean;

  constructor(method: string, reason: string, mayHaveArrived: boolean) {
    super(`${method}: ${reason}`);
    this.method = method;
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** The cases that call for an action of their own, told apart by the server's words. */
export type ApiFault =
  | "flood"
  | "not-modified"
  | "message-gone"
  | "not-editable"
  | "thread-gone"
  | "chat-unreachable"
  | "chat-upgraded"
  | "stale-query"
  | "too-big"
  | "unauthorized"
  | "conflict-webhook"
  | "conflict-poller"
  | "server"
  | "other";

const BY_DESCRIPTION: readonly (readonly [RegExp, ApiFault])[] = [
  [/message is not modified/i, "not-modified"],
  [/message to (edit|delete|be edited) not found|MESSAGE_ID_INVALID/i, "message-gone"],
  [/message can't be (edited|deleted)/i, "not-editable"],
  [/message thread not found|TOPIC_(CLOSED|DELETED)/i, "thread-gone"],
  [/query is too old|query ID is invalid/i, "stale-query"],
  [/upgraded to a supergroup/i, "chat-upgraded"],
  [
    /chat not found|PEER_ID_INVALID|(not enough|have no) rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED/i,
    "chat-unreachable",
  ],
  [/use deleteWebhook|terminated by setWebhook/i, "conflict-webhook"],
  [/terminated by other getUpdates/i, "conflict-poller"],
  [/file is too big|Request Entity Too Large/i, "too-big"],
];

/** What kind of refusal this is. */
export function faultOf(error: ApiError): ApiFault {
  if (error.code === 429) return "flood";
  if (error.code === 401) return "unauthorized";
  // Blocked, kicked, deactivated, deleted: the words are many, the case is one.
  if (error.code === 403) return "chat-unreachable";
  if (error.code === 413) return "too-big";
  if (error.code >= 500) return "server";
  return BY_DESCRIPTION.find(([words]) => words.test(error.description))?.[1] ?? "other";
}
