import { createInterface } from "node:readline";
import { LockedError } from "../../src/lock.ts";
import { lockProject, projectPaths } from "../../src/project.ts";

/**
 * Takes the lock of a project when it is told to, as `nanogent start` does. Reads `take`, with the time at which (so
 * that several do it at once), or `release` from stdin; writes `won`, `lost PID` or `released`.
 */
const [folder = ""] = process.argv.slice(2);
let release = (): void => {};

createInterface({ input: process.stdin }).on("line", (line) => {
  const [word, time] = line.split(" ");
  if (word === "release") {
    release();
    release = () => {};
    console.log("released");
    return;
  }
  while (Date.now() < Number(time)) {
    // All start in the same millisecond.
  }
  try {
    ({ release } = lockProject(projectPaths(folder)));
    console.log("won");
  } catch (error) {
    console.log(error instanceof LockedError ? `lost ${error.holder.pid}` : `failed ${error}`);
  }
});
console.log("ready");
