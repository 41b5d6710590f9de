import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { link, mkdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import {
  type FileRules,
  openInOutbox,
  openOutgoing,
  RefusedFileError,
  resolveInside,
} from "../../src/files/outgoing-file.ts";
import { readOutgoing } from "../../src/files/read-outgoing.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const SECRET = "7000000:AAsecretsecret";

async function twoFolders(t: TestContext): Promise<{ rules: FileRules; folder: string; outside: string }> {
  const folder = join(await temporaryFolder(t), "project");
  const outside = await temporaryFolder(t);
  await mkdir(join(folder, "docs"), { recursive: true });
  await writeFile(join(folder, "a.txt"), "content");
  await writeFile(join(folder, "docs", "b c.txt"), "content");
  await writeFile(join(outside, "secret.txt"), "outside");
  return { rules: { folder, deny: ["*.csv"], secrets: [SECRET] }, folder, outside };
}

async function read(path: string, rules: FileRules): Promise<string> {
  const { bytes } = await readOutgoing(await openOutgoing(path, rules), rules.secrets);
  return bytes.toString();
}

const refused =
  (words: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof RefusedFileError, String(error));
    assert.match(error.message, words);
    return true;
  };

test("failure 23: a file of the project is sent, and nothing else", async (t) => {
  const { rules, folder, outside } = await twoFolders(t);
  const secret = join(outside, "secret.txt");
  for (const name of [".env", "table.csv", "server.pem"]) await writeFile(join(folder, name), "x");
  await mkdir(join(folder, ".nanogent", "outbox"), { recursive: true });
  await writeFile(join(folder, ".nanogent", "journal.jsonl"), "x");
  await writeFile(join(`${folder}`, "..", "beside.txt"), "x");
  await mkdir(`${folder}-2`);
  await writeFile(join(`${folder}-2`, "x.txt"), "x");
  await symlink(secret, join(folder, "link.txt"));
  await symlink(outside, join(folder, "away"));
  await symlink("link.txt", join(folder, "link-to-link.txt"));
  await symlink("server.pem", join(folder, "harmless.txt"));
  await symlink("nowhere", join(folder, "dangling.txt"));
  await symlink("loop.txt", join(folder, "loop.txt"));
  await link(secret, join(folder, "hard.txt"));
  await writeFile(join(folder, "empty.txt"), "");
  await writeFile(join(folder, "big.bin"), "x");
  await truncate(join(folder, "big.bin"), 50_000_001);
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const cases: [path: string, words: RegExp][] = [
    ["../beside.txt", /not in the project/],
    ["../../x", /not in the project/],
    ["docs/../../beside.txt", /not in the project/],
    ["../project-2/x.txt", /not in the project/],
    [secret, /not in the project/],
    ["/etc/passwd", /not in the project/],
    ["/nowhere/at all", /not in the project/],
    ["link.txt", /not in the project/],
    ["link-to-link.txt", /not in the project/],
    ["away/secret.txt", /not in the project/],
    ["away", /not in the project/],
    [`a.txt\0.png`, /not in the project/],
    ["harmless.txt", /is not sent/],
    [".env", /is not sent/],
    ["docs/../.env", /is not sent/],
    ["server.pem", /is not sent/],
    ["table.csv", /is not sent/],
    [".nanogent/journal.jsonl", /is not sent/],
    [".nanogent/outbox", /is not sent/],
    [".git/config", /is not sent/],
    ["dangling.txt", /There is no dangling\.txt here/],
    ["loop.txt", /leads nowhere/],
    ["nowhere.txt", /There is no nowhere\.txt here/],
    ["a.txt/b", /There is no a\.txt\/b here/],
    ["docs", /not a plain file/],
    [".", /not a plain file/],
    ["pipe", /not a plain file/],
    ["hard.txt", /hard link/],
    ["empty.txt", /is empty/],
    ["big.bin", /larger than 50 MB/],
  ];
  for (const [path, words] of cases) await assert.rejects(openOutgoing(path, rules), refused(words), path);
  await symlink("docs/b c.txt", join(folder, "inner.txt"));
  for (const path of ["a.txt", "./docs/../a.txt", "docs/b c.txt", "inner.txt", join(folder, "a.txt")]) {
    assert.equal(await read(path, rules), "content", path);
  }
});

test("failure 23: a project that is reached through a link is the same project", async (t) => {
  const { rules, folder } = await twoFolders(t);
  const alias = join(await temporaryFolder(t), "alias");
  await symlink(folder, alias);
  for (const path of ["a.txt", join(alias, "a.txt"), join(folder, "a.txt")]) {
    assert.equal(await read(path, { ...rules, folder: alias }), "content", path);
  }
});

test("failure 23: what is swapped in while it is opened does not win", async (t) => {
  const { rules, folder, outside } = await twoFolders(t);
  await mkdir(join(folder, "sub"));
  await writeFile(join(folder, "sub", "secret.txt"), "inside");
  await symlink(outside, join(folder, "away"));
  let swapping = true;
  const swap = async (): Promise<void> => {
    while (swapping) {
      await rename(join(folder, "sub"), join(folder, "kept"));
      await rename(join(folder, "away"), join(folder, "sub"));
      await rename(join(folder, "sub"), join(folder, "away"));
      await rename(join(folder, "kept"), join(folder, "sub"));
    }
  };
  const swapped = swap();
  try {
    for (let round = 0; round < 300; round++) {
      const text = await read("sub/secret.txt", rules).catch((error: unknown) => {
        assert.ok(error instanceof RefusedFileError, String(error));
      });
      assert.notEqual(text, "outside");
    }
  } finally {
    swapping = false;
    await swapped;
  }
});

test("failure 23: a file with a secret value in it is refused, text or not", async (t) => {
  const { rules, folder } = await twoFolders(t);
  const filling = Buffer.alloc(1024 * 1024 - 5);
  const cases: [name: string, content: Buffer | string][] = [
    ["dump.txt", `token=${SECRET}\n`],
    ["image.png", Buffer.concat([filling, Buffer.from(SECRET), filling])],
  ];
  for (const [name, content] of cases) {
    await writeFile(join(folder, name), content);
    await assert.rejects(read(name, rules), refused(/secret values/), name);
  }
  await writeFile(join(folder, "word.txt"), "abc");
  assert.equal(await read("word.txt", { ...rules, secrets: ["abc"] }), "abc", "too short for a secret");
});

test("failure 23: an outbox gives only what lies in it", async (t) => {
  const { rules, folder, outside } = await twoFolders(t);
  const outbox = join(folder, ".nanogent", "outbox", "1-a");
  await mkdir(outbox, { recursive: true });
  await writeFile(join(outbox, "report.txt"), "report");
  await writeFile(join(outbox, "a.pem"), "x");
  await symlink(join(folder, "a.txt"), join(outbox, "link.txt"));
  const source = await openInOutbox(outbox, "report.txt", rules);
  assert.equal((await readOutgoing(source, [])).bytes.toString(), "report");
  const cases: [name: string, words: RegExp][] = [
    ["a.pem", /is not sent/],
    ["link.txt", /not in the project/],
    ["../../../a.txt", /not in the project/],
  ];
  for (const [name, words] of cases)
    await assert.rejects(openInOutbox(outbox, name, rules), refused(words), name);
  await rm(outbox, { recursive: true });
  await symlink(outside, outbox);
  await assert.rejects(openInOutbox(outbox, "secret.txt", rules), refused(/not in the project/));
});

test("a folder is resolved by the same rules", async (t) => {
  const { rules, outside, folder } = await twoFolders(t);
  assert.deepEqual(await resolveInside("docs/", rules), { absolute: join(folder, "docs"), path: "docs" });
  assert.deepEqual(await resolveInside("", rules), { absolute: folder, path: "" });
  await assert.rejects(resolveInside(outside, rules), refused(/not in the project/));
});

test("pictures are told by their ending and size", async (t) => {
  const { rules, folder } = await twoFolders(t);
  const cases: [name: string, size: number, picture: boolean][] = [
    ["a.png", 10, true],
    ["a.JPG", 10, true],
    ["a.webp", 10, true],
    ["a.gif", 10, false],
    ["large.png", 10_000_001, false],
  ];
  for (const [name, size, picture] of cases) {
    await writeFile(join(folder, name), Buffer.alloc(size, 1));
    assert.equal((await readOutgoing(await openOutgoing(name, rules), [])).picture, picture, name);
  }
});
