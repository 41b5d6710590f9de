import test from "node:test";
import { sameAfter } from "./same-screen.ts";
import { SEQUENCES } from "./screen-sequences.ts";

test("a snapshot knows all that xterm does, for what test programs and real ones write", async (t) => {
  for (const [what, output, afterwards] of SEQUENCES) await t.test(what, () => sameAfter(output, afterwards));
});
