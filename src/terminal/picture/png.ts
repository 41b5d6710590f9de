import { deflateSync } from "node:zlib";
import { crc32 } from "./crc32.ts";
import type { Image } from "./image.ts";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const TRUECOLOUR = 2;
const INDEXED = 3;

/** A picture as PNG: with a palette of 8 bits up to 256 colours, and in true colours beyond. */
export function encodePng(image: Image): Buffer {
  const isIndexed = image.colours.length <= 256;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(image.width, 0);
  header.writeUInt32BE(image.height, 4);
  header.writeUInt8(8, 8);
  header.writeUInt8(isIndexed ? INDEXED : TRUECOLOUR, 9);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    ...(isIndexed ? [chunk("PLTE", rgb(image.colours))] : []),
    chunk("IDAT", deflateSync(isIndexed ? indexedRows(image) : truecolourRows(image), { level: 5 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/**
 * Rows without a filter (0 before each): a screen's rows of pixels come again and again as they are, and filters would
 * make them different.
 */
function indexedRows({ width, height, pixels }: Image): Uint8Array {
  const rows = new Uint8Array((width + 1) * height);
  for (let row = 0; row < height; row++)
    rows.set(pixels.subarray(row * width, (row + 1) * width), row * (width + 1) + 1);
  return rows;
}

function truecolourRows({ width, height, pixels, colours }: Image): Uint8Array {
  const rows = new Uint8Array((3 * width + 1) * height);
  let to = 0;
  for (let from = 0; from < pixels.length; from++) {
    if (from % width === 0) to++;
    const colour = colours[pixels[from] ?? 0] ?? 0;
    rows[to++] = colour >>> 16;
    rows[to++] = colour >>> 8;
    rows[to++] = colour;
  }
  return rows;
}

function rgb(colours: readonly number[]): Uint8Array {
  return Uint8Array.from(colours.flatMap((colour) => [colour >>> 16, (colour >>> 8) & 0xff, colour & 0xff]));
}

function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}
