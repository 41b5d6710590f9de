import assert from "node:assert/strict";
import test from "node:test";
import { BRIEFING } from "../../../src/agents/briefing.ts";
import { watch } from "../turns.ts";
import { onStage, REAL } from "./stage.ts";

const own = "Always answer in rhymes.";

test("Codex is told how files are sent, also when it resumes, and what the user has set stays", REAL, () =>
  onStage(
    async ({ agent, model, cwd }) => {
      model.reply({ text: "one" });
      const first = watch(agent, { cwd, permissions: "skip", prompt: "begin" });
      const { sessionId } = await first.until("session");
      await first.end();
      model.reply({ text: "two" });
      await watch(agent, { cwd, permissions: "skip", prompt: "go on", sessionId }).end();
      for (const { texts } of model.requests) {
        assert.equal(texts.filter((text) => text.includes(BRIEFING)).length, 1);
        assert.equal(texts.filter((text) => text.includes(own)).length, 1);
      }
    },
    { config: `developer_instructions = "${own}"` },
  ),
);
