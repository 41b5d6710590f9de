import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { createAnswerText } from "../../src/chat/answer-text.ts";
import { createTurnView, type Ending } from "../../src/chat/turn-view.ts";
import { endNotice } from "../../src/jobs/end-notice.ts";
import type { Job } from "../../src/jobs/job.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { jobOf } from "../records.ts";

const DONE: Ending = { kind: "done", usage: { durationMs: 1 } };
const FAILED: Ending = { kind: "failed", failure: { code: "error", message: "No luck." } };

interface Case {
  readonly says?: string;
  readonly output?: "markdown" | "raw";
  readonly ending?: Ending;
  readonly job?: Partial<Job>;
  /** Milliseconds. */
  readonly after?: number | undefined;
  readonly took?: number;
}

/** What a turn of a minute ends with, where notices come after 20 s. Secrets are blotted out. */
const CASES: readonly [string, Case, string | undefined][] = [
  ["done", { says: "All good.\nMore." }, "✅ Done in 1:00 min\nAll good."],
  ["marks are no words", { says: "\n## **All** `good`\n\nMore." }, "✅ Done in 1:00 min\nAll good"],
  ["raw output is taken as it is", { says: "\n  **x**\n", output: "raw" }, "✅ Done in 1:00 min\n**x**"],
  ["nothing said", {}, "✅ Done in 1:00 min"],
  ["a secret", { says: "It is hunter2." }, "✅ Done in 1:00 min\nIt is •••."],
  [
    "a secret where the line is cut",
    { says: `${"x".repeat(156)}hunter2 yz` },
    `✅ Done in 1:00 min\n${"x".repeat(156)}•••…`,
  ],
  ["failed", { ending: FAILED }, "❌ Failed after 1:00 min: No luck."],
  [
    "a command with another code",
    { ending: { kind: "done", usage: { durationMs: 1, exitCode: 2 } }, says: "oh", output: "raw" },
    "❌ Failed after 1:00 min: exit 2\noh",
  ],
  [
    "stopped by somebody else",
    { ending: { kind: "cancelled", by: "Bob" } },
    "⏹ Stopped after 1:00 min by Bob",
  ],
  ["stopped by its author", { ending: { kind: "cancelled", by: "Ada" } }, undefined],
  ["quick", { took: 19_999 }, undefined],
  ["quick, but it had to wait", { took: 2_000, job: { queuedAt: -60_000 } }, "✅ Done in 2.0 s"],
  [
    "quick, but nobody asked just now",
    { took: 2_000, job: { schedule: { id: "1-s", note: "" } } },
    "✅ Done in 2.0 s",
  ],
  ["off", { after: undefined }, undefined],
];

for (const [title, given, notice] of CASES) {
  test(`the words at the end: ${title}`, async (t) => {
    const text = createAnswerText(join(await temporaryFolder(t), "text"));
    const { says = "", output = "markdown", ending = DONE, took = 60_000 } = given;
    const redact = (words: string): string => words.replaceAll("hunter2", "•••");
    const view = createTurnView(output, text, 0, redact);
    view.apply({ kind: "text", delta: says, block: 0 }, 0);
    const job = { ...jobOf("1-a", 1, []), ...given.job };
    const after = "after" in given ? given.after : 20_000;
    assert.equal(endNotice(view, ending, job, took, after), notice);
  });
}
