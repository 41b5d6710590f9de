import { readFileSync } from "node:fs";
import { Journal } from "../../src/journal.ts";

/** Writes records until three have failed, a small one, makes room, writes another, and tells which of them count. */
const [path = ""] = process.argv.slice(2);
const { journal } = await Journal.open(path, () => {});
const written: number[] = [];
const failed: number[] = [];
let code: unknown;

async function write(n: number, length: number): Promise<void> {
  try {
    await journal.append([{ n, ...(length === 0 ? {} : { filling: "x".repeat(length) }) }]);
    written.push(n);
  } catch (error) {
    failed.push(n);
    code = (error as NodeJS.ErrnoException).code;
  }
}

for (let n = 0; failed.length < 3; n += 1) await write(n, 5_000);
await write(100, 0);
const lines = readFileSync(path, "utf8").trimEnd().split("\n");
const onDisk = lines.map((line) => JSON.parse(line).n);
await journal.compact(() => written.map((n) => ({ n })));
await write(101, 0);
await journal.close();
console.log(JSON.stringify({ written, failed, code, onDisk }));
