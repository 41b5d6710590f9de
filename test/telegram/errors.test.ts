import assert from "node:assert/strict";
import test from "node:test";
import { ApiError, type ApiFault, faultOf } from "../../src/telegram/errors.ts";

const CASES: readonly [number, string, ApiFault][] = [
  [429, "Too Many Requests: retry after 33", "flood"],
  [
    400,
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    "not-modified",
  ],
  [400, "Bad Request: message to edit not found", "message-gone"],
  [400, "Bad Request: message to delete not found", "message-gone"],
  [400, "Bad Request: MESSAGE_ID_INVALID", "message-gone"],
  [400, "Bad Request: message can't be edited", "not-editable"],
  [400, "Bad Request: message is too long", "other"],
  [400, "Bad Request: MESSAGE_TOO_LONG", "other"],
  [400, "Bad Request: text must be non-empty", "other"],
  [400, "Bad Request: can't parse entities: unsupported start tag", "other"],
  [400, "Bad Request: chat not found", "chat-unreachable"],
  [400, "Bad Request: not enough rights to send text messages to the chat", "chat-unreachable"],
  [403, "Forbidden: bot was blocked by the user", "chat-unreachable"],
  [403, "Forbidden: user is deactivated", "chat-unreachable"],
  [403, "Forbidden: bot was kicked from the supergroup chat", "chat-unreachable"],
  [403, "Forbidden: the group chat was deleted", "chat-unreachable"],
  [400, "Bad Request: group chat was upgraded to a supergroup chat", "chat-upgraded"],
  [400, "Bad Request: message thread not found", "thread-gone"],
  [400, "Bad Request: TOPIC_DELETED", "thread-gone"],
  [400, "Bad Request: query is too old and response timeout expired or query ID is invalid", "stale-query"],
  [400, "Bad Request: file is too big", "too-big"],
  [413, "HTTP status 413", "too-big"],
  [401, "Unauthorized", "unauthorized"],
  [
    409,
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    "conflict-webhook",
  ],
  [409, "Conflict: terminated by setWebhook request", "conflict-webhook"],
  [
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    "conflict-poller",
  ],
  [500, "Internal Server Error: restart", "server"],
  [502, "Bad Gateway", "server"],
];

test("the server's words are told apart", () => {
  for (const [code, description, fault] of CASES) {
    assert.equal(faultOf(new ApiError("method", code, description)), fault, description);
  }
});
