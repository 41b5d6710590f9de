// Runs an agent's program as Claude Code, and prints how long one turn took from its first event to its last.
import type { AgentEvent } from "../../../src/agents/agent.ts";
import { claudeAgent } from "../../../src/agents/claude/claude.ts";
import { silentLog } from "../../../src/log.ts";
import { keepHeapSmall } from "../../../src/small-heap.ts";

keepHeapSmall();

const [, , binary = "", ...args] = process.argv;
const agent = claudeAgent({ binary, args, env: process.env, secrets: [], log: silentLog });
const residentBefore = process.memoryUsage.rss();
let began = 0;
let ms = 0;
let textLength = 0;
let outcome: AgentEvent["kind"] | undefined;

const turn = agent.run(
  { prompt: "go", cwd: process.cwd(), permissions: "ask", jobId: `bench-${process.pid}` },
  (event) => {
    if (event.kind === "session") began = performance.now();
    if (event.kind === "text") textLength += event.delta.length;
    ms = performance.now() - began;
    outcome = event.kind;
  },
);
await turn.ended;
// Kilobytes, from getrusage(2).
const residentPeak = process.resourceUsage().maxRSS * 1024;
console.log(JSON.stringify({ ms, textLength, outcome, grownBytes: residentPeak - residentBefore }));
