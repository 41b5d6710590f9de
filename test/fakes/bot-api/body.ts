export interface Upload {
  readonly name: string;
  readonly bytes: Buffer;
  readonly mime: string;
}

export interface Body {
  readonly fields: Record<string, unknown>;
  readonly files: ReadonlyMap<string, Upload>;
}

const NO_FILES: ReadonlyMap<string, Upload> = new Map();

/**
 * Reads a request's body in any of the three forms that the Bot API takes
 * (https://core.telegram.org/bots/api#making-requests).
 * @throws SyntaxError when it is not what its content type says.
 */
export function parseBody(contentType: string, body: Buffer): Body {
  if (body.length === 0) return { fields: {}, files: NO_FILES };
  if (contentType.startsWith("application/json")) {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new SyntaxError("not an object");
    }
    return { fields: { ...value }, files: NO_FILES };
  }
  if (contentType.startsWith("application/x-www-form-urlencoded")) {
    return { fields: Object.fromEntries(new URLSearchParams(body.toString())), files: NO_FILES };
  }
  const boundary = /^multipart\/form-data;.*boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new SyntaxError(`content type ${contentType}`);
  return parseMultipart(body, `--${boundary}`);
}

/** RFC 7578. */
function parseMultipart(body: Buffer, delimiter: string): Body {
  const fields: Record<string, unknown> = {};
  const files = new Map<string, Upload>();
  let at = body.indexOf(delimiter);
  if (at < 0) throw new SyntaxError("no boundary");
  for (;;) {
    at += delimiter.length;
    if (body.toString("latin1", at, at + 2) === "--") return { fields, files };
    const headEnd = body.indexOf("\r\n\r\n", at);
    const end = body.indexOf(`\r\n${delimiter}`, headEnd);
    if (headEnd < 0 || end < 0) throw new SyntaxError("a part without an end");
    const head = body.toString("utf8", at, headEnd);
    const name = /[ ;]name="([^"]*)"/i.exec(head)?.[1];
    if (name === undefined) throw new SyntaxError("a part without a name");
    const fileName = /filename="([^"]*)"/i.exec(head)?.[1];
    const bytes = Buffer.from(body.subarray(headEnd + 4, end));
    if (fileName === undefined) fields[name] = bytes.toString();
    else files.set(name, { name: fileName, bytes, mime: /content-type: *(\S+)/i.exec(head)?.[1] ?? "" });
    at = end + 2;
  }
}
