import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { replayText } from "../../../src/journal.ts";
import { parseRecord } from "../../../src/records.ts";
import { State } from "../../../src/state.ts";
import { fromBot } from "../chats.ts";
import type { Project, RunningBridge } from "../project.ts";
import type { Offers } from "./offers.ts";
import type { Prompt } from "./prompts.ts";

/** Each prompt ran once; one that was offered ran at most once more for each time that somebody wanted it. */
export async function checkRuns(
  project: Project,
  prompts: readonly Prompt[],
  { decisions }: Offers,
): Promise<void> {
  const runs = await countRuns(project);
  const wrong = prompts.filter(({ number }) => {
    const offered = decisions.get(number) ?? [];
    const again = offered.filter((decision) => decision === "again").length;
    const count = runs.get(number) ?? 0;
    // An interrupted run may have been cut off before its first word.
    return offered.length === 0 ? count !== 1 : count > 1 + again;
  });
  assert.deepEqual(
    wrong.map(({ number }) => `${number} ran ${runs.get(number) ?? 0} times`),
    [],
  );
}

async function countRuns({ folder }: Project): Promise<Map<number, number>> {
  const runs = new Map<number, number>();
  const log = await readFile(join(folder, "ran.log"), "utf8").catch(() => "");
  for (const line of log.trim().split("\n")) {
    runs.set(Number(line), (runs.get(Number(line)) ?? 0) + 1);
  }
  return runs;
}

/** Resolves when the prompt has begun to run. */
export async function untilRuns(project: Project, prompt: Prompt | undefined): Promise<void> {
  while (prompt && !(await countRuns(project)).has(prompt.number)) await sleep(20);
}

/** Every record can be read, and nothing is left to do. */
export async function checkJournal({ readJournal }: Project): Promise<void> {
  const state = new State();
  const unreadable = replayText(await readJournal(), (record) => {
    const known = parseRecord(record);
    assert.ok(known, JSON.stringify(record));
    state.apply(known);
  });
  // The kill may have cut one line in two.
  assert.ok(unreadable <= 1, `${unreadable} lines`);
  assert.deepEqual([...state.jobs.values()], []);
  assert.deepEqual([...state.unhandled.values()], []);
}

/** What is known about the prompts that are not over. */
export async function explain(
  project: Project,
  prompts: readonly Prompt[],
  over: ReadonlySet<number>,
  bridge: RunningBridge,
): Promise<string> {
  const { api, readJournal } = project;
  const missing = prompts.filter(({ number }) => !over.has(number));
  const runs = await countRuns(project);
  const several = [...runs].filter(([, count]) => count > 1).map(([number]) => number);
  const journal = await readJournal();
  return [
    `${missing.length} prompts without an answer; ${api.pending.length} updates not confirmed; ${runs.size} prompts ran, more than once: ${several.join(" ") || "none"}`,
    ...missing.slice(0, 10).flatMap(({ number, chatId, command }) => [
      `#${number} in chat ${chatId}, ran ${runs.get(number) ?? 0} times: ${command}`,
      ...fromBot(api, chatId)
        .filter(({ text }) => text.includes(`answer-${number};`))
        .map(
          ({ messageId, text, deleted }) =>
            `  ${messageId}${deleted ? " (deleted)" : ""} ${text.slice(-200)}`,
        ),
      ...journal
        .split("\n")
        .filter((line) => line.includes(`echo ${number} >> ran.log`))
        .map((line) => `  ${line.slice(0, 300)}`),
    ]),
    bridge.output().slice(-3_000),
  ].join("\n");
}
