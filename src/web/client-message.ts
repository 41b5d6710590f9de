/** What the page says in text frames. Whatever is not one of these is undefined: nothing of it may reach a program. */

export interface AttachRequest {
  readonly type: "attach";
  /** Empty when it came without one: the control socket asks for none. */
  readonly token: string;
  /** Its id, or the name of one that is open. */
  readonly session: string;
  /** Only looks, whatever he may do. */
  readonly read?: true;
  /** How far the page's screen is, in bytes of output. */
  readonly from?: number;
  readonly columns: number;
  readonly rows: number;
}

export interface ListRequest {
  readonly type: "list";
  readonly token: string;
}

export interface ResizeRequest {
  readonly type: "resize";
  readonly columns: number;
  readonly rows: number;
}

/** The first frame of a socket. */
export function readFirst(text: string): AttachRequest | ListRequest | undefined {
  const message = parse(text);
  const { type, token = "", session, from } = message;
  if (typeof token !== "string") return undefined;
  if (type === "list") return { type, token };
  const size = readSize(message);
  if (type !== "attach" || typeof session !== "string" || !size) return undefined;
  const read = message.read === true ? { read: true as const } : {};
  const request = { type: "attach" as const, token, session, ...read, ...size };
  if (from === undefined) return request;
  return typeof from === "number" && Number.isSafeInteger(from) ? { ...request, from } : undefined;
}

/** Any later frame of a socket that is attached. */
export function readResize(text: string): ResizeRequest | undefined {
  const message = parse(text);
  const size = readSize(message);
  return message.type === "resize" && size ? { type: "resize", ...size } : undefined;
}

/** What a terminal can have: larger ones would only cost memory. */
export function isDimension(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 1_000;
}

function readSize({ columns, rows }: Record<string, unknown>): { columns: number; rows: number } | undefined {
  return isDimension(columns) && isDimension(rows) ? { columns, rows } : undefined;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
