// Lets a program in a terminal write so many bytes, and prints as JSON how long they took to come.
import { openEnd } from "./terminal-ends.mjs";

const [, , total, ...words] = process.argv;
const end = await openEnd(words);
// The echo of the key.
let missing = Number(total) + 2;
const began = performance.now();
end.onOutput = (length) => {
  missing -= length;
  if (missing > 0) return;
  const { skipped, pictures } = end;
  console.log(JSON.stringify({ ms: performance.now() - began, skipped, pictures }));
  process.exit();
};
end.type("\n");
