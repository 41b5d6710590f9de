/** A glyph as it stands in a font's file: rows from the top, the leftmost pixel in the highest bit of `width` bits. */
export interface FontGlyph {
  readonly width: number;
  readonly rows: readonly number[];
}

const METRICS = 4;
const BITMAPS = 8;
const ENCODINGS = 32;

/**
 * Reads a bitmap font of X11 (PCF, unpacked) whose glyphs all fill a cell of the same size.
 * @returns the glyphs by code point.
 */
export function readPcf(file: Buffer, size: { width: number; height: number }): Map<number, FontGlyph> {
  const tables = new Map<number, number>();
  for (let table = 0; table < file.readUInt32LE(4); table++)
    tables.set(file.readUInt32LE(8 + 16 * table), file.readUInt32LE(8 + 16 * table + 12));
  const at = (type: number): number => {
    const offset = tables.get(type);
    if (offset === undefined) throw new Error(`The font has no table ${type}.`);
    return offset;
  };
  const metrics = at(METRICS);
  const isPacked = (file.readUInt32LE(metrics) & 0x100) !== 0;
  const bitmaps = at(BITMAPS);
  const format = file.readUInt32LE(bitmaps);
  const isBig = (format & 4) !== 0;
  if ((format & 8) === 0) throw new Error("The leftmost pixel must be the highest bit.");
  const u32 = (offset: number): number => (isBig ? file.readUInt32BE(offset) : file.readUInt32LE(offset));
  const count = u32(bitmaps + 4);
  const rowBytes = Math.ceil(size.width / 8 / (1 << (format & 3))) * (1 << (format & 3));
  const pixels = bitmaps + 8 + 4 * count + 16;
  const glyphOf = (index: number): FontGlyph => {
    const metric = metrics + (isPacked ? 6 + 5 * index : 8 + 12 * index);
    const width = isPacked ? file.readUInt8(metric + 1) - 0x80 : file.readInt16BE(metric + 2);
    if (width !== size.width) throw new Error(`Glyph ${index} is ${width} pixels wide.`);
    const start = pixels + u32(bitmaps + 8 + 4 * index);
    const rows = Array.from({ length: size.height }, (_, row) => {
      let bits = 0;
      for (let byte = 0; byte < size.width / 8; byte++)
        bits = bits * 256 + file.readUInt8(start + row * rowBytes + byte);
      return bits;
    });
    return { width, rows };
  };
  const encodings = at(ENCODINGS);
  const isBigHere = (file.readUInt32LE(encodings) & 4) !== 0;
  const u16 = (offset: number): number => (isBigHere ? file.readUInt16BE(offset) : file.readUInt16LE(offset));
  const [firstLow, lastLow, firstHigh, lastHigh] = [4, 6, 8, 10].map((offset) => u16(encodings + offset));
  const glyphs = new Map<number, FontGlyph>();
  let place = encodings + 14;
  for (let high = firstHigh ?? 0; high <= (lastHigh ?? 0); high++) {
    for (let low = firstLow ?? 0; low <= (lastLow ?? 0); low++) {
      const index = u16(place);
      if (index !== 0xffff) glyphs.set(high * 256 + low, glyphOf(index));
      place += 2;
    }
  }
  return glyphs;
}
