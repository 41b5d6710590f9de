import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { byteSize } from "../../src/files/byte-size.ts";
import { listFolder } from "../../src/files/listing.ts";
import { temporaryFolder } from "../fakes/folder.ts";

test("a list has folders first, and nothing that would not be sent", async (t) => {
  const folder = await temporaryFolder(t);
  const rules = { folder, deny: ["private"], secrets: [] };
  for (const name of ["src", ".git", ".nanogent", "private", ".github"]) await mkdir(join(folder, name));
  for (const name of ["b.txt", ".env", "a.pem", ".gitignore"]) await writeFile(join(folder, name), "12345");
  await symlink("/etc", join(folder, "away"));
  await symlink("b.txt", join(folder, "c.txt"));
  const names = (await listFolder("", rules)).map(
    (file) => `${file.name}${file.folder ? "/" : ` ${file.size}`}`,
  );
  assert.deepEqual(names, [".github/", "src/", ".gitignore 5", "b.txt 5", "c.txt 5"]);
  assert.deepEqual(await listFolder("src", rules), []);
  const refused: [path: string, words: RegExp][] = [
    ["..", /not in the project/],
    ["away", /not in the project/],
    [".git", /is not sent/],
    ["b.txt", /is a file; \/get sends it/],
    ["nowhere", /There is no nowhere here/],
  ];
  for (const [path, message] of refused) await assert.rejects(listFolder(path, rules), { message }, path);
});

test("sizes are short", () => {
  const cases: [bytes: number, words: string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [9_949, "9.9 kB"],
    [9_950, "10 kB"],
    [999_499, "999 kB"],
    [999_500, "1.0 MB"],
    [50_000_000, "50 MB"],
  ];
  for (const [bytes, words] of cases) assert.equal(byteSize(bytes), words, String(bytes));
});
