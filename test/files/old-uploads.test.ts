import assert from "node:assert/strict";
import { mkdir, readdir, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { removeOldUploads } from "../../src/files/old-uploads.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const DAY = 86_400_000;

test("files that were sent long ago go, those that are still needed stay", async (t) => {
  const folder = await temporaryFolder(t);
  const uploads = join(folder, "uploads");
  const now = Date.now();
  assert.equal(
    removeOldUploads(uploads, DAY, now, () => false),
    0,
    "nothing was ever sent",
  );
  await mkdir(join(uploads, "own"), { recursive: true });
  for (const [name, days] of [
    ["new", 0.5],
    ["old", 2],
    ["needed", 2],
  ] as const) {
    await writeFile(join(uploads, name), "x");
    const at = new Date(now - days * DAY);
    await utimes(join(uploads, name), at, at);
  }
  assert.equal(
    removeOldUploads(uploads, DAY, now, (path) => path === join(uploads, "needed")),
    1,
  );
  assert.deepEqual((await readdir(uploads)).sort(), ["needed", "new", "own"]);
  await symlink(uploads, join(folder, "link"));
  assert.equal(
    removeOldUploads(join(folder, "link"), 0, now + DAY, () => false),
    0,
    "a link is not followed",
  );
});
