import assert from "node:assert/strict";
import test from "node:test";
import { claudeTasks } from "../../../src/agents/claude/tasks.ts";

const started = (id: string, description?: string) => ({ subtype: "task_started", task_id: id, description });
const updated = (id: string, status: string) => ({ subtype: "task_updated", task_id: id, patch: { status } });
const notified = (id: string, summary?: string) => ({ subtype: "task_notification", task_id: id, summary });

test("tasks run from their start to their end, and the end is told once", () => {
  const cases: [messages: object[], running: string[], ended: string | undefined][] = [
    [[started("a", "a build"), started("b")], ["a build", "a task"], undefined],
    [[started("a", "a build"), updated("a", "running")], ["a build"], undefined],
    [[started("a", "a build"), updated("a", "killed")], [], undefined],
    [[started("a", "a build"), updated("a", "completed"), notified("a", "Built.")], [], "Built."],
    [[started("a", "a build"), notified("a")], [], "A task in the background has ended."],
    [[{ subtype: "task_started" }, { subtype: "task_updated", patch: 3 }], ["a task"], undefined],
  ];
  for (const [messages, running, ended] of cases) {
    const tasks = claudeTasks();
    for (const message of messages) tasks.take(message as Record<string, unknown>);
    assert.deepEqual([tasks.running, tasks.ended], [running, ended], JSON.stringify(messages));
    tasks.told();
    assert.equal(tasks.ended, undefined);
  }
});
