import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "../log.ts";
import { HttpError, SAFE_HEADERS } from "./http-error.ts";

/** The path and the query of a request. @throws HttpError when it has none. */
export function urlOf(request: IncomingMessage): URL {
  const path = request.url ?? "";
  // Proxies ask for whole addresses, which this is none for.
  if (path.startsWith("/") && URL.canParse(`http://here${path}`)) return new URL(`http://here${path}`);
  throw new HttpError(400, "bad-request", "This is not a path.");
}

export function sendJson(response: ServerResponse, value: object): void {
  const body = Buffer.from(JSON.stringify(value));
  const type = { "Content-Type": "application/json", "Content-Length": body.length };
  response.writeHead(200, { ...SAFE_HEADERS, ...type }).end(body);
}

/** What is answered to an error: one that nobody has thought of is in the log alone. */
export function explain(error: unknown, log: Log): HttpError {
  if (error instanceof HttpError) return error;
  log.error("a request failed", { error });
  return new HttpError(500, "fault", "nanogent has a fault here. Its log says more.");
}
