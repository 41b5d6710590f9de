import { cpus } from "node:os";
import { asking } from "./asking.ts";
import { attach } from "./attach.ts";
import { backlog } from "./backlog.ts";
import { delta } from "./delta.ts";
import { echo } from "./echo.ts";
import { growth } from "./growth.ts";
import { idle } from "./idle.ts";
import { idleTerminals } from "./idle-terminals.ts";
import { inject } from "./inject.ts";
import { interrupt } from "./interrupt.ts";
import { journal } from "./journal.ts";
import type { Bench, Row } from "./measure.ts";
import { memory } from "./memory.ts";
import { picture } from "./picture.ts";
import { prompt } from "./prompt.ts";
import { recovery } from "./recovery.ts";
import { render } from "./render.ts";
import { size } from "./size.ts";
import { start } from "./start.ts";
import { stream } from "./stream.ts";
import { table } from "./table.ts";
import { terminalFlood } from "./terminal-flood.ts";
import { topics } from "./topics.ts";
import { turn } from "./turn.ts";
import { viewers } from "./viewers.ts";

const BENCHES = new Map<string, Bench>(
  Object.entries({
    size,
    start,
    memory,
    growth,
    topics,
    idle,
    recovery,
    prompt,
    asking,
    turn,
    interrupt,
    delta,
    stream,
    journal,
    backlog,
    render,
    picture,
    flood: terminalFlood,
    echo,
    viewers,
    "idle-terminals": idleTerminals,
    attach,
    inject,
  }),
);

const LONGEST_MS = 15 * 60_000;

/**
 * Measures the built program: `main.ts [--json] [--quick] [BENCH...]`. Each number stands next to a baseline that was
 * measured in the same minute on the same machine, because only the two together can be compared with another day's.
 */
const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith("--"));
const unknown = words.filter((word) => !BENCHES.has(word) && word !== "--json" && word !== "--quick");
if (unknown.length > 0) {
  console.error(
    `There is no ${unknown.join(" or ")}. Benches: ${[...BENCHES.keys()].join(" ")}; flags: --json --quick`,
  );
  process.exit(2);
}
// A bridge that stops answering must not hang the run.
setTimeout(() => {
  console.error("The benches take too long; something hangs.");
  process.exit(1);
}, LONGEST_MS).unref();
const quick = words.includes("--quick");
const rows: Row[] = [];
for (const [name, bench] of BENCHES) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.error(`${name} …`);
  rows.push(...(await bench({ quick })));
}
const machine = {
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  cpus: cpus().length,
};
if (words.includes("--json")) console.log(JSON.stringify({ ...machine, quick, rows }, null, 2));
else console.log(`\nnode ${machine.node}, ${machine.platform}, ${machine.cpus} CPUs\n\n${table(rows)}`);
