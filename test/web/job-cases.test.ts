import assert from "node:assert/strict";
import test from "node:test";
import type { OpenJob } from "../../src/jobs/job.ts";
import { caseView } from "../../src/web/job-cases.ts";
import { jobOf } from "../records.ts";

const OPEN: OpenJob = {
  ...{ job: jobOf("j1", 1, [], "mend it"), status: "interrupted", messages: [], asked: [] },
};
const RAN = { process: { pid: 5 }, agent: "claude" };

const CASES: [what: string, more: Partial<OpenJob>, why: RegExp, how: string][] = [
  ["it came late", {}, /while the bridge was down/, "run drop"],
  ["it was heard", { job: { ...OPEN.job, heard: true } }, /Spoken/, "run drop"],
  ["the budget was reached", { overBudget: true }, /budget/, "go-on drop"],
  ["it was cut off in a session", { ...RAN, sessionId: "s1" }, /cut off/, "resume again drop"],
  ["it was cut off before it had one", RAN, /cut off/, "again drop"],
];

for (const [what, more, why, how] of CASES) {
  test(`a job waits for a decision, since ${what}`, () => {
    const view = caseView({ ...OPEN, ...more });
    assert.deepEqual([view.id, view.title, view.by, view.how.join(" ")], ["j1", "mend it", "Ada", how]);
    assert.match(view.why, why);
  });
}
