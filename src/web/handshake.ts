import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { PROTOCOL } from "./frames.ts";
import { HttpError } from "./http-error.ts";

/** RFC 6455, section 1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * The answer to a request for a web socket (RFC 6455, section 4.2), after which its frames follow.
 * @throws HttpError when the request is not one for this protocol.
 */
export function handshakeAnswer({ method, headers }: IncomingMessage): string {
  const key = headers["sec-websocket-key"] ?? "";
  if (method !== "GET" || headers.upgrade?.toLowerCase() !== "websocket" || !isKey(key))
    throw new HttpError(400, "bad-upgrade", "This is not a request for a web socket.");
  if (headers["sec-websocket-version"] !== "13") {
    throw new HttpError(426, "bad-version", "Only version 13 of web sockets is spoken here.", {
      headers: { "Sec-WebSocket-Version": "13" },
    });
  }
  const offered = (headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim());
  if (!offered.includes(PROTOCOL))
    throw new HttpError(400, "bad-protocol", `The sub-protocol here is ${PROTOCOL}.`);
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${createHash("sha1")
      .update(key + GUID)
      .digest("base64")}`,
    `Sec-WebSocket-Protocol: ${PROTOCOL}`,
    "\r\n",
  ].join("\r\n");
}

/** 16 bytes in Base64. */
function isKey(key: string): boolean {
  return /^[A-Za-z0-9+/]{22}==$/.test(key);
}
