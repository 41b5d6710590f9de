import assert from "node:assert/strict";
import test from "node:test";
import type { State } from "../../src/doctor/examination.ts";
import { reportLines, summaryOf } from "../../src/doctor/report.ts";

test("findings are a line each, with what to do below, within 80 columns", () => {
  const findings = [
    { name: "node", state: "pass", words: "Node 22.1.0" },
    {
      name: "token",
      state: "fail",
      words: `Telegram ${"does not know this token ".repeat(4)}at all.`,
      fix: `Copy it again ${"and again ".repeat(8)}from @BotFather.`,
    },
    { name: "git", state: "skipped", words: `/a/${"long".repeat(25)}/path cannot be broken.` },
    { name: "clock", state: "warning", words: "\x1b[2J漢字 is late.\nVery." },
  ] as const;
  assert.deepEqual(reportLines(findings), [
    "✔ node     Node 22.1.0",
    "✖ token    Telegram does not know this token does not know this token does not",
    "           know this token does not know this token at all.",
    "           → Copy it again and again and again and again and again and again and",
    "             again and again and again from @BotFather.",
    `– git      /a/${"long".repeat(25)}/path`,
    "           cannot be broken.",
    "! clock    漢字 is late. Very.",
    "",
    "1 failed, 1 to look at.",
  ]);
});

test("the summary counts what needs somebody", () => {
  const cases: [states: State[], summary: string][] = [
    [[], "Nothing is wrong."],
    [["pass", "skipped"], "Nothing is wrong."],
    [["pass", "warning", "warning"], "2 to look at."],
    [["fail", "fail", "pass"], "2 failed."],
    [["fail", "warning"], "1 failed, 1 to look at."],
  ];
  for (const [states, summary] of cases) {
    const findings = states.map((state) => ({ name: "x", state, words: "" }));
    assert.equal(summaryOf(findings), summary);
  }
});
