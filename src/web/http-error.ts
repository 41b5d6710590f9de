import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** An answer other than 200, as `{"error":{"code","message","hint"?}}`. The message is fit for the page. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly hint?: string | undefined; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = more.hint;
    this.headers = more.headers ?? {};
  }
}

/** @param allowed the methods that there are. */
export function wrongMethod(allowed: readonly string[]): HttpError {
  return new HttpError(405, "wrong-method", `Here is only ${allowed.join(" and ")}.`, {
    headers: { Allow: allowed.join(", ") },
  });
}

/** No answer may be taken for anything else, kept, or put into a frame. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** The body of an error and the headers that belong to it. */
function render({ code, message, hint, headers }: HttpError): {
  body: Buffer;
  headers: Record<string, string>;
} {
  const body = Buffer.from(JSON.stringify({ error: { code, message, ...(hint !== undefined && { hint }) } }));
  const type = { "Content-Type": "application/json", "Content-Length": String(body.length) };
  // What is left of a request is not read: the next one could not be told from it.
  return { body, headers: { ...SAFE_HEADERS, ...type, ...headers, Connection: "close" } };
}

/** Answers a request with an error, unless its answer has begun: then it is cut off. */
export function answerError(response: ServerResponse, error: HttpError): void {
  if (response.headersSent) return void response.destroy();
  const { body, headers } = render(error);
  response.writeHead(error.status, headers).end(body);
}

/** Refuses an upgrade, for which Node leaves the writing to us. */
export function refuseUpgrade(socket: Duplex, error: HttpError): void {
  const { body, headers } = render(error);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  // Whoever never closes his end must not keep this one open.
  const hangUp = (): void => void socket.destroy();
  socket.end(`HTTP/1.1 ${error.status} ${error.code}\r\n${lines.join("\r\n")}\r\n\r\n${body}`, hangUp);
}
