import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gunzipSync } from "node:zlib";
import { type FontGlyph, readPcf } from "./pcf.ts";
import { readUnifont } from "./unifont.ts";

/**
 * Makes src/terminal/picture/font-data.ts: `npx tsx scripts/font/main.ts TERMINUS UNIFONT UPPER`, where TERMINUS is the
 * folder with ter-u32n_unicode.pcf.gz and ter-u32b_unicode.pcf.gz (Debian: xfonts-terminus, in
 * /usr/share/fonts/X11/misc), UNIFONT the file unifont.hex (Debian: unifont, in /usr/share/unifont), and UPPER
 * unifont_upper.hex, the emoji (unifoundry.com; Debian has the same bitmaps as outlines, in fonts-unifont).
 *
 * The data is four strikes in the order of `STRIKES` in font.ts. A strike is a number of ranges, the ranges (first code
 * point, count), and the bitmaps; all numbers are 32 bit, little endian. Bitmaps are rows from the top, 1 or 2 bytes,
 * the highest bit to the left.
 */
const [terminusFolder, unifontFile, upperFile] = process.argv.slice(2);
if (!terminusFolder || !unifontFile || !upperFile)
  throw new Error("usage: main.ts TERMINUS-FOLDER UNIFONT.HEX UNIFONT_UPPER.HEX");

/** Those that programs like, first of all faces, hands, animals that name a program, tools and signs. */
const EMOJI = new Set(
  `
🌍-🌐 🌙 🌟-🌠 🌱-🌴 🍀 🍺-🍻 🎉-🎊 🎨 🎬 🎯 🏁 🏃 🏆 🏗 🏠 🏷 🐍 🐘-🐛 🐧 🐳 👀 👆-👏 👤-👥 👷 💀 💔 💙-💛 💡-💥
💩-💪 💬-💭 💯 💰 💳 💻-💿 📀-📝 📡-📭 📱 📶-📸 🔀-🔃 🔄 🔇-🔋 🔌-🔒 🔓-🔮 🔴-🔵 🔶-🔽 🕐-🕛 🖥 🖱 🗂-🗄 🗑 🗒-🗓
🗜 🗺 😀-🙏 🚀 🚢 🚦-🚨 🚩 🚫 🚮 🛑 🛠-🛡 🟠-🟫 🤔 🤖 🤝 🤞 🤷 🦀 🦄 🦊 🦋 🧠 🧩 🧪 🧬-🧭 🧰-🧱 🧵 🧹 🪄 🪲 🪵
`
    .trim()
    .split(/\s+/)
    .flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map((emoji) => emoji.codePointAt(0) ?? 0);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    }),
);

const CELL = { width: 16, height: 32 };
const terminus = (name: string): Map<number, FontGlyph> =>
  readPcf(gunzipSync(readFileSync(`${terminusFolder}/${name}_unicode.pcf.gz`)), CELL);

const regular = only(terminus("ter-u32n"), (code) => !isDrawnByRule(code) && !isControl(code));
const bold = only(terminus("ter-u32b"), (code) => regular.has(code));
const unifont = only(
  readUnifont(readFileSync(unifontFile, "utf8") + readFileSync(upperFile, "utf8")),
  (code) => isUsedOfUnifont(code) && !regular.has(code) && !isDrawnByRule(code),
);
const data = Buffer.concat([
  strike(regular),
  strike(bold),
  strike(only(unifont, (_, { width }) => width === 8)),
  strike(only(unifont, (_, { width }) => width === 16)),
]);
const packed = brotliCompressSync(data, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 22,
    [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
  },
});
const licence = readFileSync(new URL("OFL.txt", import.meta.url), "utf8").trim();
writeFileSync(
  new URL("../../src/terminal/picture/font-data.ts", import.meta.url),
  `/*!
The bitmaps of nanogent's pictures of terminals are made from two fonts, changed in format and selection:

${licence.replace(/\*\//g, "* /")}
*/

/** Made by scripts/font/main.ts, which describes it: packed with Brotli, in Base64. */
export const FONT_DATA = \`
${packed.toString("base64").replace(/.{1,108}/g, "$&\n")}\`;
`,
);
console.log(`${regular.size + unifont.size} characters, ${data.length} bytes, ${packed.length} packed`);

/** Chosen by what programs show, so that all stays below 60 kB: 20,000 ideographs would take 300. */
function isUsedOfUnifont(code: number): boolean {
  if (/[\p{Cn}\p{Co}\p{Cs}]/u.test(String.fromCodePoint(code))) return false;
  return (
    (code >= 0x100 && code < 0x590) || // Latin, Greek and Cyrillic beyond Terminus, Armenian
    (code >= 0x1e00 && code < 0x1f00) || // Latin with marks
    (code >= 0x2000 && code < 0x2900) || // punctuation, arrows, mathematics, technical and other symbols
    (code >= 0x2b00 && code < 0x2c00) || // more arrows and stars
    (code >= 0x3000 && code < 0x3100) || // kana and CJK punctuation
    (code >= 0xac00 && code < 0xd7a4) || // Hangul
    (code >= 0xff00 && code < 0xfff0) || // full and half widths
    EMOJI.has(code)
  );
}

/** Lines, blocks and Braille, which lines.ts and blocks.ts draw. */
function isDrawnByRule(code: number): boolean {
  return (code >= 0x2500 && code < 0x25a0) || (code >= 0x2800 && code < 0x2900);
}

function isControl(code: number): boolean {
  return code <= 0x20 || (code >= 0x80 && code <= 0xa0);
}

function only(
  glyphs: Map<number, FontGlyph>,
  isKept: (code: number, glyph: FontGlyph) => boolean,
): Map<number, FontGlyph> {
  return new Map([...glyphs].filter(([code, glyph]) => isKept(code, glyph)).sort(([a], [b]) => a - b));
}

function strike(glyphs: Map<number, FontGlyph>): Buffer {
  const ranges: number[][] = [];
  for (const code of glyphs.keys()) {
    const last = ranges.at(-1);
    if (last && code === (last[0] ?? 0) + (last[1] ?? 0)) last[1] = (last[1] ?? 0) + 1;
    else ranges.push([code, 1]);
  }
  const bitmaps = [...glyphs.values()].flatMap(({ width, rows }) =>
    rows.flatMap((row) => (width > 8 ? [row >>> 8, row & 0xff] : [row])),
  );
  const head = Buffer.from(Uint32Array.from([ranges.length, ...ranges.flat()]).buffer);
  return Buffer.concat([head, Buffer.from(bitmaps)]);
}
