// Runs a program, counts the lines of its output, and prints how long that took from the first piece on.
import { spawn } from "node:child_process";

const [, , program, ...args] = process.argv;
const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
let began;
let bytes = 0;
let lines = 0;
child.stdout.on("data", (chunk) => {
  began ??= performance.now();
  bytes += chunk.length;
  for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
});
child.stdout.on("end", () => console.log(JSON.stringify({ ms: performance.now() - began, bytes, lines })));
