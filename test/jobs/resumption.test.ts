import assert from "node:assert/strict";
import test from "node:test";
import type { Job } from "../../src/jobs/job.ts";
import { goesOn, sessionFor } from "../../src/jobs/resumption.ts";
import { jobOf } from "../records.ts";

const CASES: readonly [what: string, job: Partial<Job>, goesOn: boolean, session: string | undefined][] = [
  ["new", {}, false, undefined],
  ["in a session of its own", { sessionId: "s1" }, false, "s1"],
  ["cut off with this agent", { sessionId: "s1", resumes: "claude" }, true, "s1"],
  ["cut off with another agent", { sessionId: "s1", resumes: "codex" }, false, undefined],
];

for (const [what, fields, expected, session] of CASES) {
  test(`a job that is ${what} goes on: ${expected}, with the session ${session}`, () => {
    const job = { ...jobOf("1-a", 1, []), ...fields };
    assert.deepEqual([goesOn(job, "claude"), sessionFor(job, "claude")], [expected, session]);
  });
}
