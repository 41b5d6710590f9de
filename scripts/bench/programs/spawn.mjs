// Starts a program for every line on stdin, and prints the milliseconds until that program's own time stamp.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

createInterface(process.stdin).on("line", () => {
  const clock = epochClock();
  const began = clock();
  const child = spawn(process.argv[2], [], { detached: true, stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  child.on("close", () => console.log(Number(/STAMP(\d+)/.exec(text)?.[1]) / 1e6 - began));
});

// As in measure.ts.
function epochClock() {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  const origin = now - performance.now();
  return () => origin + performance.now();
}
