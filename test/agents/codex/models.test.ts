import assert from "node:assert/strict";
import test from "node:test";
import { askModels } from "../../../src/agents/codex/models.ts";
import { starts } from "../../fakes/claude-cli.ts";
import { fakeCodex, refusal, result } from "../../fakes/codex-cli.ts";
import { inFolder, isGone, keepLog } from "../turns.ts";

const INITIALIZED = [{ expect: { method: "initialize" } }, result(1, {})];

test("all pages of the list, without what is hidden or no model", () =>
  inFolder(async (dir) => {
    const efforts = [{ reasoningEffort: "low", description: "fast" }, { reasoningEffort: "high" }, {}];
    const binary = await fakeCodex(dir, [
      ...INITIALIZED,
      { expect: { id: 2, method: "model/list" } },
      result(2, {
        data: [
          {
            id: "a",
            model: "model-a",
            displayName: "A",
            description: "First",
            supportedReasoningEfforts: efforts,
          },
          { id: "h", model: "h", hidden: true },
          "odd",
        ],
        nextCursor: "2",
      }),
      { expect: { id: 3, method: "model/list", params: { cursor: "2" } } },
      result(3, { data: [{ id: "b" }], nextCursor: null }),
    ]);
    const models = await askModels({ binary, env: {}, secrets: [], log: keepLog() }, dir);
    assert.deepEqual(models, [
      { id: "model-a", name: "A", description: "First", efforts: ["low", "high"] },
      { id: "b", name: "b", efforts: [] },
    ]);
    assert.deepEqual(
      (await starts(dir)).map(({ pid }) => isGone(pid)),
      [true],
    );
  }));

test("a list that is refused is none", () =>
  inFolder(async (dir) => {
    const steps = [...INITIALIZED, { expect: { method: "model/list" } }, refusal(2, "no")];
    const [binary, log] = [await fakeCodex(dir, steps), keepLog()];
    assert.deepEqual(await askModels({ binary, env: {}, secrets: [], log }, dir), []);
    assert.ok(log.lines.some(({ event }) => event === "models not known"));
  }));
