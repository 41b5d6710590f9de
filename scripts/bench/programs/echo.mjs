// Presses so many keys in a terminal, some moments apart, and prints how many milliseconds each took to its echo.
import { setTimeout as sleep } from "node:timers/promises";
import { openEnd } from "./terminal-ends.mjs";

const [, , presses, ...words] = process.argv;
const end = await openEnd(words);
const times = [];
for (let press = 0; press < Number(presses); press += 1) {
  // Not in step with anybody's timers.
  await sleep(10 + ((press * 7) % 13));
  const echoed = new Promise((resolve) => {
    end.onOutput = resolve;
  });
  const began = performance.now();
  end.type("x");
  await echoed;
  times.push(performance.now() - began);
}
console.log(JSON.stringify(times));
process.exit();
