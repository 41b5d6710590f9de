import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import test, { type TestContext } from "node:test";
import fc from "fast-check";
import { type ProjectPaths, prepareState, projectPaths } from "../../src/project.ts";
import { safeName, saveIncomingFile } from "../../src/telegram/files.ts";
import type { FileInfo } from "../../src/telegram/types.ts";
import type { Fault } from "../fakes/bot-api/faults.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { hurriedClock, startBot } from "./bot.ts";

const NAMES: readonly [string | undefined, string][] = [
  ["report.pdf", "report.pdf"],
  ["../../x", "x"],
  ["../../../etc/passwd", "passwd"],
  ["/etc/passwd", "passwd"],
  ["C:\\Users\\ada\\notes.txt", "notes.txt"],
  ["..\\..\\x", "x"],
  ["a/b/", ""],
  ["..", ""],
  [".", ""],
  ["", ""],
  [undefined, ""],
  [".env", "env"],
  ["...hidden", "hidden"],
  ["-rf", "rf"],
  ["-- --help", "help"],
  ["   spaced  name .txt  ", "spaced  name .txt"],
  ["nul\0byte.txt", "nul_byte.txt"],
  ["line\nbreak\r.txt", "line_break_.txt"],
  ["\u202egpj.exe", "_gpj.exe"],
  ["$(rm -rf ~).sh", "_rm -rf _.sh"],
  ["`id`;&|<>*?\"'.txt", "_id_.txt"],
  ["😀.png", "_.png"],
  ["größe 大きさ.txt", "größe 大きさ.txt"],
  ["gro\u0308ße.txt", "größe.txt"],
  ["हिन्दी.txt", "हिन्दी.txt"],
  ["\ud800.txt", "_.txt"],
  [`${"x".repeat(300)}.txt`, `${"x".repeat(196)}.txt`],
  [`${"大".repeat(300)}.txt`, `${"大".repeat(65)}.txt`],
];

test("failure 25: a name is only a name", () => {
  for (const [given, expected] of NAMES) assert.equal(safeName(given), expected, JSON.stringify(given));
});

test("failure 25: whatever the name, it stays in its folder and is one that a file can have", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 400 }), (given) => {
      const name = safeName(given);
      assert.ok(!/^[.\s-]|[/\\\p{Cc}\p{Surrogate}]|^\.\.?$/u.test(name), JSON.stringify(name));
      assert.equal(basename(join("/uploads", `1-${name}`)), `1-${name}`);
      assert.ok(Buffer.byteLength(name) <= 200);
    }),
  );
});

async function withChat(t: TestContext) {
  const bot = await startBot(t);
  const chat = bot.api.privateChat(7);
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  const send = (bytes: string, name?: string): FileInfo => {
    const document = { bytes: Buffer.from(bytes), ...(name ? { name } : {}) };
    const { message } = bot.api.say(chat, "", { document });
    assert.ok(message.document);
    return message.document;
  };
  const save = (file: FileInfo, messageId = 1): Promise<string> =>
    saveIncomingFile(bot.client, paths, file, messageId, hurriedClock(200));
  return { ...bot, paths, send, save };
}

const contents = async ({ uploads }: ProjectPaths): Promise<Record<string, string>> => {
  const names = await readdir(uploads);
  const texts = await Promise.all(names.map((name) => readFile(join(uploads, name), "utf8")));
  return Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""]));
};

test("a file lands in the uploads, readable by its owner only", async (t) => {
  const { paths, send, save } = await withChat(t);
  const path = await save(send("hello", "../../notes.txt"), 12);
  assert.equal(path, join(".nanogent", "uploads", "12-notes.txt"));
  assert.equal(await readFile(join(paths.folder, path), "utf8"), "hello");
  assert.equal((await stat(join(paths.folder, path))).mode & 0o777, 0o600);
  assert.equal((await stat(paths.uploads)).mode & 0o777, 0o700);
});

test("a file without a name gets one, with the ending that Telegram gives it", async (t) => {
  const { send, save } = await withChat(t);
  assert.equal(basename(await save(send("hello"), 12)), "12-file");
  const client = {
    call: async () => ({ file_id: "x", file_path: "photos/../../file_3.jpg" }),
    download: async () => Buffer.from("x"),
    close() {},
  };
  const paths = projectPaths(await temporaryFolder(t));
  const path = await saveIncomingFile(client as never, paths, { file_id: "x" }, 3);
  assert.equal(path, join(".nanogent", "uploads", "3-file.jpg"));
});

test("files of one name, and messages of one id in two chats, do not overwrite each other", async (t) => {
  const { paths, send, save } = await withChat(t);
  for (const [id, text] of [
    [1, "a"],
    [2, "b"],
    [1, "c"],
    [1, "d"],
  ] as const) {
    await save(send(text, "notes.txt"), id);
  }
  assert.deepEqual(await contents(paths), {
    "1-notes.txt": "a",
    "2-notes.txt": "b",
    "1-2-notes.txt": "c",
    "1-3-notes.txt": "d",
  });
});

test("a link in the uploads is not followed", async (t) => {
  const { paths, send, save } = await withChat(t);
  const target = join(paths.folder, "important");
  await mkdir(paths.uploads);
  await symlink(target, join(paths.uploads, "1-notes.txt"));
  assert.equal(basename(await save(send("hello", "notes.txt"), 1)), "1-2-notes.txt");
  await assert.rejects(stat(target));
});

test("nothing is stored where a link takes the place of the uploads", async (t) => {
  const { paths, send, save } = await withChat(t);
  const elsewhere = await temporaryFolder(t);
  await symlink(elsewhere, paths.uploads);
  await assert.rejects(save(send("hello", "notes.txt")), /is a link/);
  assert.deepEqual(await readdir(elsewhere), []);
});

test("a file over 20 MB is refused in words, whether its size was told or not", async (t) => {
  const { api, paths, save } = await withChat(t);
  const large = { bytes: Buffer.from("x"), name: "film.mp4", size: 21 * 1024 * 1024 };
  const { message } = api.say(7, "", { document: large });
  const file = message.document;
  assert.ok(file);
  const refusal = { message: "film.mp4 is larger than 20 MB, more than Telegram hands to a bot." };
  await assert.rejects(save(file), refusal);
  assert.equal(api.calls().length, 0);
  const { file_size: _, ...unsized } = file;
  await assert.rejects(save(unsized), refusal);
  await assert.rejects(readdir(paths.uploads));
});

test("a moment's trouble is waited out, whatever it is", async (t) => {
  const { api, paths, send, save } = await withChat(t);
  const faults: Fault[] = [
    { kind: "cut-body", method: "file" },
    { kind: "drop", method: "file", times: 2 },
    { kind: "500", method: "getFile", times: 3 },
    { kind: "502-html", method: "getFile", times: 2 },
    { kind: "500", method: "file", times: 2 },
    { kind: "429", retryAfter: 40, method: "getFile", times: 2 },
    { kind: "429", retryAfter: 1, method: "file" },
  ];
  for (const [index, fault] of faults.entries()) {
    api.fault(fault);
    await save(send("hello", "notes.txt"), index);
    assert.equal((await contents(paths))[`${index}-notes.txt`], "hello", `${fault.kind} ${fault.method}`);
  }
});

test("lasting trouble is told, and what will not change is not tried again", async (t) => {
  const { api, send, save } = await withChat(t);
  const faults: [fault: Fault, reason: string, tries: number][] = [
    [{ kind: "drop", method: "file", times: Infinity }, "file download: the connection was reset", 6],
    [
      { kind: "error", code: 400, description: "Bad Request: wrong file_id", method: "getFile" },
      "getFile: 400 Bad Request: wrong file_id",
      1,
    ],
    [
      { kind: "429", retryAfter: 3_000, method: "getFile" },
      "getFile: 429 Too Many Requests: retry after 3000",
      1,
    ],
  ];
  for (const [fault, reason, tries] of faults) {
    const handle = api.fault(fault);
    const message = `notes.txt cannot be loaded from Telegram (${reason}). Send it again.`;
    await assert.rejects(save(send("hello", "notes.txt")), { message });
    assert.equal(handle.hits, tries);
    handle.clear();
  }
});
