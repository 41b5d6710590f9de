import assert from "node:assert/strict";
import test from "node:test";
import type { PermissionRequest } from "../../../src/agents/agent.ts";
import { permissionCard } from "../../../src/chat/requests/permission-card.ts";
import { planCard } from "../../../src/chat/requests/plan-card.ts";
import { questionCard } from "../../../src/chat/requests/question-card.ts";
import { typedDecision } from "../../../src/chat/requests/requests.ts";

const REQUEST: PermissionRequest = {
  kind: "permission",
  id: "1",
  tool: "Bash",
  detail: "rm -rf dist",
  language: "bash",
  reason: "clean\nup",
};
const labels = (card: { buttons(): readonly (readonly { text: string }[])[] }) =>
  card.buttons().flatMap((row) => row.map(({ text }) => text));

test("a permission shows what would run, why, and the rule", () => {
  const always = { rules: ["Bash(rm *)"], keeper: "agent" } as const;
  assert.equal(
    permissionCard({ ...REQUEST, session: true, always }).text.text,
    "🔐 The agent wants to use Bash: “clean up”\n\nrm -rf dist\n\nAlways would allow: Bash(rm *)",
  );
  const [, pre] = permissionCard(REQUEST).text.entities;
  assert.deepEqual([pre?.type, pre?.language], ["pre", "bash"]);
  // What an agent writes cannot push the command out of sight.
  assert.match(
    permissionCard({ ...REQUEST, detail: `a\n${"\n".repeat(200)}b` }).text.text,
    /a\n\n… \(empty lines\)\n\nb/,
  );
});

const OFFERED: readonly [string, Partial<PermissionRequest>, readonly string[]][] = [
  ["nothing wider", {}, ["✅ Allow once", "⛔ Deny", "⛔ Deny and say why"]],
  [
    "all",
    { session: true, always: { rules: ["Edit"], keeper: "nanogent" } },
    ["✅ Allow once", "✅ For this session", "✅ Always", "⛔ Deny", "⛔ Deny and say why"],
  ],
];

for (const [what, more, expected] of OFFERED) {
  test(`a permission offers ${what}, and nothing that was not offered can be pressed`, () => {
    const card = permissionCard({ ...REQUEST, ...more });
    assert.deepEqual(labels(card), expected);
    for (const choice of ["session", "always"]) {
      assert.equal(card.press(choice) !== undefined, expected.length === 5, choice);
    }
    assert.equal(card.press("nonsense"), undefined);
  });
}

test("a long rule is shown whole, and what nobody can keep is not offered for good", () => {
  const rule = `Bash(${"x".repeat(1_000)} end)`;
  const kept = permissionCard({ ...REQUEST, always: { rules: [rule], keeper: "nanogent" } });
  assert.ok(kept.text.text.includes(`Always would allow: ${rule} (kept by nanogent`));
  const lost = permissionCard({ ...REQUEST, session: true, always: { rules: [rule], keeper: "nobody" } });
  assert.match(lost.text.text, /It cannot be allowed for good: /);
  assert.deepEqual(labels(lost).slice(0, 3), ["✅ Allow once", "✅ For this session", "⛔ Deny"]);
  assert.equal(lost.press("always"), undefined);
});

test("a question: one choice, several, none, and free text beside what was ticked", () => {
  const options = [{ label: "A" }, { label: "B", description: "the second" }];
  const one = questionCard({ id: "q", text: "Which?", options, multiple: false }, 0, 1);
  assert.deepEqual(one.press("o1"), { kind: "decided", answer: ["B"], verdict: "💬 B" });
  for (const choice of ["o2", "o-1", "oo", "done"]) assert.equal(one.press(choice), undefined, choice);
  const several = questionCard({ id: "q", text: "Which?", options, multiple: true }, 1, 2);
  assert.equal(several.press("done")?.kind, "changed", "nothing is ticked");
  several.press("o1");
  assert.deepEqual(labels(several), ["☐ A", "☑ B", "✔ Done", "✍ Other …"]);
  assert.deepEqual(several.press("done"), { kind: "decided", answer: ["B"], verdict: "💬 B" });
  assert.deepEqual(several.take("other", " C "), { kind: "decided", answer: ["B", "C"], verdict: "💬 B, C" });
  assert.equal(several.typed(true), undefined, "a yes is no answer to a choice");
});

test("a plan is approved, approved with edits, or goes back with the reason", () => {
  const card = planCard({ kind: "plan", id: "1", plan: "# Do\n\n- it" });
  assert.match(card.text.text, /Do\n\n• it|Do\n\n- it/);
  assert.deepEqual(card.press("approve"), {
    kind: "decided",
    answer: { kind: "approve", edits: false },
    verdict: "✅ Approved",
  });
  assert.equal(card.press("edits")?.kind, "decided");
  assert.equal(card.press("revise")?.kind, "text");
  assert.deepEqual(card.take("revise", " shorter ").answer, { kind: "deny", reason: "shorter" });
});

test("typed words", () => {
  for (const yes of ["allow", "Yes", "ok.", " y "]) assert.equal(typedDecision(yes), true, yes);
  for (const no of ["deny", "NO", "n!"]) assert.equal(typedDecision(no), false, no);
  for (const other of ["", "maybe", "yes please", "no way"])
    assert.equal(typedDecision(other), undefined, other);
});
