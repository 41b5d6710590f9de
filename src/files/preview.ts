import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** What is larger is not looked into: the agent reads it when it wants to. */
const LARGEST = 256 * 1024;
/** What is named like a picture, a sound or an archive is one, whatever its first bytes look like. */
const NO_TEXT = /\.(png|jpe?g|webp|gif|heic|pdf|zip|gz|xz|mp[34]|og[ag]|wav|mov|webm)$/i;
const SHOWN_BYTES = 2_048;
const SHOWN_LINES = 8;
const LONGEST_LINE = 160;

/** The first lines of a text file; undefined when it is none, is large, or cannot be read. */
export async function previewOf(path: string): Promise<string | undefined> {
  if (NO_TEXT.test(path)) return undefined;
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile() || found.size === 0 || found.size > LARGEST) return undefined;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(SHOWN_BYTES), 0, SHOWN_BYTES, 0);
      return firstLines(buffer.subarray(0, bytesRead), found.size);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

function firstLines(bytes: Buffer, size: number): string | undefined {
  const whole = bytes.length === size;
  const text = whole ? bytes : withoutCutCharacter(bytes);
  if (!isUtf8(text) || text.includes(0)) return undefined;
  const lines = text.toString().trimEnd().split(/\r?\n/);
  const shown = lines.slice(0, SHOWN_LINES).map((line) => line.slice(0, LONGEST_LINE));
  const cut = !whole || lines.length > SHOWN_LINES;
  return [...shown, ...(cut ? ["…"] : [])].join("\n");
}

/** Up to three bytes at the end may be the beginning of a character. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let cut = 0; cut <= 3; cut++) {
    const text = bytes.subarray(0, bytes.length - cut);
    if (isUtf8(text)) return text;
  }
  return bytes;
}
