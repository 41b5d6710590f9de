// Attaches to a terminal so many times, and prints how many milliseconds each took to the last byte of its picture.
import { once } from "node:events";
import { attach } from "./terminal-ends.mjs";

const [, , times, , ...words] = process.argv;
const values = [];
// The program is still writing when the first one comes.
await picture("ready");
for (let time = 0; time < Number(times); time += 1) values.push(await picture());
console.log(JSON.stringify(values));

/** @param text is waited for as well. */
async function picture(text = "") {
  let shown;
  const done = new Promise((resolve) => {
    shown = resolve;
  });
  let all = "";
  const socket = attach(words, (pieces) => {
    if (text !== "") all += Buffer.concat(pieces).toString("latin1");
    if (all.includes(text)) shown();
  });
  await once(socket, "open");
  const began = performance.now();
  await done;
  const ms = performance.now() - began;
  socket.terminate();
  return ms;
}
