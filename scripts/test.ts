import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Runs the tests: all of them, or those whose path contains one of the words given. Node 20's runner takes no patterns,
 * so the files are found here.
 */
const root = fileURLToPath(new URL("../", import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .map((file) => join("test", file))
  .sort();
if (files.length === 0) {
  console.error(`No test file has ${words.join(" or ")} in its path.`);
  process.exit(1);
}
const reporter = process.stdout.isTTY ? "spec" : "tap";
// A hanging test must fail by its name, not hang the run. Most of what the tests do is waiting, so that as many go at once
// as there are processors; the runner itself would leave one free.
const flags = [
  ...["--import", "tsx", "--test", "--test-timeout=900000", `--test-reporter=${reporter}`],
  `--test-concurrency=${Math.max(2, availableParallelism())}`,
];
const runner = spawn(process.execPath, [...flags, ...files], { cwd: root, stdio: "inherit" });
runner.on("close", (code) => {
  process.exitCode = code ?? 1;
});
