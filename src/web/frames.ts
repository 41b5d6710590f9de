/** The frames of RFC 6455, section 5, as a server reads and writes them, and a client reads them. No extensions. */

/** What is spoken in them. */
export const PROTOCOL = "nanogent.1";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What a client has sent, whole. */
export type Message =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "binary"; readonly bytes: Buffer }
  | { readonly kind: "ping" | "pong"; readonly bytes: Buffer }
  /** `code` is 1005 when the client gave none. */
  | { readonly kind: "close"; readonly code: number };

/** What the client sent is not the protocol. `code` is what the connection is closed with (section 7.4.1). */
export class FrameError extends Error {
  override readonly name = "FrameError";
  readonly code: 1002 | 1007 | 1009;

  constructor(code: 1002 | 1007 | 1009, message: string) {
    super(message);
    this.code = code;
  }
}

const LARGEST_CONTROL = 125;
const LONGEST_HEADER = 14;

interface Header {
  readonly opcode: number;
  readonly final: boolean;
  readonly length: number;
  readonly mask: Buffer;
}

/** Bytes that come in pieces. It grows with what has come, not with what was announced. */
class Gathered {
  #bytes = Buffer.alloc(0);
  length = 0;

  add(piece: Buffer, mask: Buffer, maskAt: number): void {
    const end = this.length + piece.length;
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(end, this.length * 2));
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    for (let index = 0; index < piece.length; index++) {
      this.#bytes[this.length + index] = (piece[index] ?? 0) ^ (mask[(maskAt + index) & 3] ?? 0);
    }
    this.length = end;
  }

  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.length);
    this.#bytes = Buffer.alloc(0);
    this.length = 0;
    return bytes;
  }
}

/** Puts the messages of the other end together from its bytes. */
export class FrameReader {
  readonly #largest: number;
  readonly #masked: boolean;
  readonly #message = new Gathered();
  readonly #control = new Gathered();
  #header = Buffer.alloc(0);
  #frame: Header | undefined;
  #read = 0;
  /** The opcode of the message whose rest is still to come. */
  #open: number | undefined;

  /**
   * @param largest how many bytes a message may have.
   * @param from who sends them: a client masks what it sends, a server must not.
   */
  constructor(largest: number, from: "client" | "server" = "client") {
    this.#largest = largest;
    this.#masked = from === "client";
  }

  /**
   * The messages that are complete with these bytes.
   * @throws FrameError at the first fault, while it is iterated over; after that nothing more may be pushed.
   */
  *push(chunk: Buffer): Generator<Message> {
    let rest = chunk;
    while (rest.length > 0 || this.#isWhole()) {
      if (!this.#frame) {
        rest = this.#readHeader(rest);
        continue;
      }
      const piece = rest.subarray(0, this.#frame.length - this.#read);
      const target = this.#frame.opcode >= OPCODE.close ? this.#control : this.#message;
      target.add(piece, this.#frame.mask, this.#read);
      this.#read += piece.length;
      rest = rest.subarray(piece.length);
      if (!this.#isWhole()) continue;
      const message = this.#finish(this.#frame);
      this.#frame = undefined;
      if (message) yield message;
    }
  }

  #isWhole(): boolean {
    return this.#frame !== undefined && this.#read === this.#frame.length;
  }

  /** @returns what is left of the bytes behind the header. */
  #readHeader(bytes: Buffer): Buffer {
    const known = this.#header.length;
    const header = Buffer.concat([this.#header, bytes.subarray(0, LONGEST_HEADER - known)]);
    const size = headerSize(header, this.#masked);
    if (size === undefined || header.length < size) {
      this.#header = header;
      return bytes.subarray(header.length - known);
    }
    this.#frame = parseHeader(header.subarray(0, size), this.#masked);
    this.#check(this.#frame);
    this.#read = 0;
    this.#header = Buffer.alloc(0);
    return bytes.subarray(size - known);
  }

  #check({ opcode, final, length }: Header): void {
    if (opcode >= OPCODE.close) {
      if (!final) throw new FrameError(1002, "a control frame is in fragments");
      if (length > LARGEST_CONTROL) throw new FrameError(1002, "a control frame is too long");
      return;
    }
    if (opcode === OPCODE.continuation) {
      if (this.#open === undefined) throw new FrameError(1002, "there is nothing to continue");
    } else if (this.#open !== undefined) {
      throw new FrameError(1002, "a message begins within another one");
    } else {
      this.#open = opcode;
    }
    if (this.#message.length + length > this.#largest) throw new FrameError(1009, "the message is too long");
  }

  #finish({ opcode, final }: Header): Message | undefined {
    if (opcode === OPCODE.close) return { kind: "close", code: closeCode(this.#control.take()) };
    if (opcode === OPCODE.ping) return { kind: "ping", bytes: this.#control.take() };
    if (opcode === OPCODE.pong) return { kind: "pong", bytes: this.#control.take() };
    if (!final) return undefined;
    const bytes = this.#message.take();
    const isText = this.#open === OPCODE.text;
    this.#open = undefined;
    return isText ? { kind: "text", text: decode(bytes) } : { kind: "binary", bytes };
  }
}

/** How long the header is that begins like this; undefined when that cannot be told yet. */
function headerSize(header: Buffer, masked: boolean): number | undefined {
  const [first, second] = header;
  if (first === undefined || second === undefined) return undefined;
  if ((first & 0x70) !== 0) throw new FrameError(1002, "a reserved bit is set");
  if (![0, 1, 2, 8, 9, 10].includes(first & 0x0f)) throw new FrameError(1002, "the opcode is not known");
  if (((second & 0x80) !== 0) !== masked)
    throw new FrameError(1002, masked ? "the frame is not masked" : "the frame is masked");
  const short = second & 0x7f;
  return (masked ? 6 : 2) + (short === 127 ? 8 : short === 126 ? 2 : 0);
}

function parseHeader(header: Buffer, masked: boolean): Header {
  const short = header.readUInt8(1) & 0x7f;
  const long =
    short === 127 ? header.readBigUInt64BE(2) : BigInt(short === 126 ? header.readUInt16BE(2) : short);
  if ((short === 127 && long < 0x10000n) || (short === 126 && long < 126n))
    throw new FrameError(1002, "the length is not written in the shortest way");
  if (long >= 1n << 63n) throw new FrameError(1002, "the length is negative");
  const first = header.readUInt8(0);
  return {
    opcode: first & 0x0f,
    final: (first & 0x80) !== 0,
    length: Number(long),
    mask: masked ? Buffer.from(header.subarray(-4)) : Buffer.alloc(4),
  };
}

function closeCode(payload: Buffer): number {
  if (payload.length === 0) return 1005;
  if (payload.length === 1) throw new FrameError(1002, "a close code has two bytes");
  const code = payload.readUInt16BE(0);
  // Section 7.4: 1004 to 1006 and 1015 are never sent; 1016 to 2999 belong to nobody yet.
  const known = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  if (!known && (code < 3000 || code > 4999)) throw new FrameError(1002, "the close code is not valid");
  decode(payload.subarray(2));
  return code;
}

function decode(bytes: Buffer): string {
  try {
    // A byte order mark is a character like any other here.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FrameError(1007, "the text is not UTF-8");
  }
}

/** What stands in front of `length` bytes that a server sends as one frame: never masked. */
export function frameHeader(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, length]);
  if (length < 0x10000) return Buffer.from([first, 126, length >> 8, length & 0xff]);
  const header = Buffer.alloc(10);
  header.writeUInt8(first, 0);
  header.writeUInt8(127, 1);
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}

/** The same for a client, which has to mask. On a socket that only two ends see, a mask that changes nothing will do. */
export function clientHeader(opcode: number, length: number): Buffer {
  const header = frameHeader(opcode, length);
  header.writeUInt8(header.readUInt8(1) | 0x80, 1);
  return Buffer.concat([header, Buffer.alloc(4)]);
}

/** The payload of a close frame. @param reason cut to what fits. */
export function closePayload(code: number, reason: string): Buffer {
  const text = Buffer.from(reason).subarray(0, LARGEST_CONTROL - 2);
  // Cut within a character it would not be UTF-8 any more.
  const whole = Buffer.from(text.toString("utf8").replace(/\uFFFD$/, ""));
  const payload = Buffer.alloc(2 + whole.length);
  payload.writeUInt16BE(code, 0);
  whole.copy(payload, 2);
  return payload;
}
