import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { promptImages } from "../../src/files/prompt-images.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const PNG = Buffer.from("89504e470d0a1a0a0000", "hex");
const FILES: readonly [name: string, bytes: Buffer, mediaType?: string][] = [
  ["a.png", PNG, "image/png"],
  ["named.txt", Buffer.from("ffd8ffe000", "hex"), "image/jpeg"],
  ["b.gif", Buffer.from("GIF89a"), "image/gif"],
  ["c.webp", Buffer.from("RIFF0000WEBP"), "image/webp"],
  ["no.png", Buffer.from("not a picture")],
  ["empty.png", Buffer.alloc(0)],
  ["large.png", Buffer.concat([PNG, Buffer.alloc(4_000_000)])],
];

test("the pictures of a prompt, by what they are and not by their name, and nothing else", async (t) => {
  const folder = await temporaryFolder(t);
  const uploads = join(folder, ".nanogent", "uploads");
  mkdirSync(uploads, { recursive: true });
  for (const [name, bytes] of FILES) writeFileSync(join(uploads, name), bytes);
  writeFileSync(join(folder, "outside.png"), PNG);
  symlinkSync(join(folder, "outside.png"), join(uploads, "link.png"));
  const names = [...FILES.map(([name]) => name), "link.png", "missing.png"];
  const files = [...names.map((name) => `.nanogent/uploads/${name}`), "outside.png", "../x.png"];
  const found = await promptImages(files, { folder, uploads });
  assert.deepEqual(
    found.map(({ mediaType }) => mediaType),
    FILES.flatMap(([, , mediaType]) => mediaType ?? []),
  );
  assert.equal(found[0]?.base64, PNG.toString("base64"));
});
