import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";
import { build } from "esbuild";
import { temporaryFolder } from "../../fakes/folder.ts";

test("the font is unpacked once, when a character of it is first drawn", async (t) => {
  const unpack = t.mock.method(zlib, "brotliDecompressSync");
  syncBuiltinESMExports();
  t.after(() => syncBuiltinESMExports());
  // Under a name of its own, because this process has drawn pictures with the other one.
  const { glyphOf } = (await import(
    `${"../../../src/terminal/picture/font.ts"}?fresh`
  )) as typeof import("../../../src/terminal/picture/font.ts");
  assert.equal(unpack.mock.callCount(), 0);
  assert.ok(glyphOf(0x41, 1, false));
  assert.ok(glyphOf(0x42, 1, true));
  assert.equal(unpack.mock.callCount(), 1);
});

test("in a bundle its licence is with it, and it is read only when it is asked for", async (t) => {
  const folder = await temporaryFolder(t);
  const outfile = join(folder, "bundle.mjs");
  const drawing = fileURLToPath(new URL("../../../src/terminal/picture/draw-screen.ts", import.meta.url));
  await build({
    stdin: {
      contents: `const { drawScreen } = await import(${JSON.stringify(drawing)}); console.log(typeof drawScreen);`,
      resolveDir: folder,
    },
    ...{ outfile, bundle: true, platform: "node", format: "esm", target: "node20", legalComments: "inline" },
  });
  const text = readFileSync(outfile, "utf8");
  for (const words of [
    "Dimitar Toshkov Zhekov",
    "GNU Unifont",
    "SIL OPEN FONT LICENSE Version 1.1",
    "DISCLAIMER",
  ])
    assert.ok(text.includes(words), words);
  assert.match(text, /__esm\(\{\s+"[^"]*font-data\.ts"/);
  assert.match(execFileSync(process.execPath, [outfile], { encoding: "utf8" }), /^function\n$/);
});

test("the font stays below 60 kB", async () => {
  const { FONT_DATA } = await import("../../../src/terminal/picture/font-data.ts");
  assert.ok(Buffer.from(FONT_DATA, "base64").length < 60_000);
});
