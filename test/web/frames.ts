import { randomBytes } from "node:crypto";

/** A frame as a client may send it, or as it must not. */
export interface HandMade {
  readonly opcode: number;
  readonly payload?: Buffer | string;
  readonly final?: boolean;
  readonly masked?: boolean;
  /** Of the first byte, such as 0x40. */
  readonly reserved?: number;
  /** Announced instead of the real one. */
  readonly length?: bigint;
  /** How the length is written: in 7, 16 or 64 bits. */
  readonly width?: 7 | 16 | 64;
}

/** The bytes of a frame, made by hand. */
export function frame({
  opcode,
  payload = "",
  final = true,
  masked = true,
  reserved = 0,
  ...more
}: HandMade): Buffer {
  const content = Buffer.from(payload);
  const length = more.length ?? BigInt(content.length);
  const width = more.width ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64);
  const mask = randomBytes(4);
  const first = (final ? 0x80 : 0) | reserved | opcode;
  const size = Buffer.alloc(width === 7 ? 1 : width === 16 ? 3 : 9);
  if (width === 7) size.writeUInt8(Number(length));
  else if (width === 16) size.writeUInt16BE(Number(length), 1);
  else size.writeBigUInt64BE(length, 1);
  if (width !== 7) size.writeUInt8(width === 16 ? 126 : 127);
  size.writeUInt8(size.readUInt8(0) | (masked ? 0x80 : 0));
  const body = masked ? content.map((byte, index) => byte ^ (mask[index & 3] ?? 0)) : content;
  return Buffer.concat([Buffer.from([first]), size, masked ? mask : Buffer.alloc(0), body]);
}

/** The payload of a close frame. */
export function closing(code: number, reason: Buffer | string = ""): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}
