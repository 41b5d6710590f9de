import assert from "node:assert/strict";
import test from "node:test";
import { BRIEFING } from "../../../src/agents/briefing.ts";
import { withBriefing } from "../../../src/agents/claude/briefing.ts";
import { watch } from "../turns.ts";
import { onStage, options } from "./stage.ts";

const OPTION = "--append-system-prompt";

test("the briefing is added to the user's arguments, and takes the place of none", () => {
  const both = `${BRIEFING}\n\nmine`;
  const cases: [args: string[], briefed: string[]][] = [
    [[], [OPTION, BRIEFING]],
    [
      ["--add-dir", "/x"],
      [OPTION, BRIEFING, "--add-dir", "/x"],
    ],
    [
      ["--a", OPTION, "mine", "--b"],
      ["--a", OPTION, both, "--b"],
    ],
    [
      ["--a", `${OPTION}=mine`, "--b"],
      ["--a", OPTION, both, "--b"],
    ],
    [
      [OPTION, "first", OPTION, "mine"],
      [OPTION, "first", OPTION, both],
    ],
    [
      [`${OPTION}-file`, "rules.md"],
      [`${OPTION}-file`, "rules.md"],
    ],
  ];
  for (const [args, briefed] of cases) assert.deepEqual(withBriefing(args), briefed);
});

test("real: the model reads it with each request, and the user's own words too", options, () =>
  onStage(
    async ({ agent, model, cwd }) => {
      model.reply({ tool: "Bash", input: { command: "echo x" } });
      model.reply({ text: "done" });
      await watch(agent, { cwd, permissions: "ask", prompt: "begin", rules: ["Bash"] }).end();
      assert.equal(model.requests.length, 2);
      for (const { body } of model.requests) {
        const system = JSON.stringify(body.system);
        assert.equal(system.split(BRIEFING).length, 2, "once");
        assert.match(system, /Answer in rhymes\./);
      }
    },
    {},
    [OPTION, "Answer in rhymes."],
  ),
);
