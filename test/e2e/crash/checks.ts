import { lockHolder, projectPaths } from "../../../src/project.ts";
import type { Update } from "../../../src/telegram/types.ts";
import type { SeenMessage } from "../../fakes/bot-api/view.ts";
import { type Start, starts } from "../../fakes/claude-cli.ts";
import { commandOf } from "../../fakes/processes.ts";
import { fromBot } from "../chats.ts";
import type { Actor } from "./actor.ts";
import { orphans } from "./orphans.ts";
import type { Expected, Script } from "./scripts.ts";
import type { JournalView } from "./stage.ts";

/** Everything that is looked at once a play has come to its end and the bridge has stopped. */
interface Scene {
  readonly actor: Actor;
  readonly starts: readonly Start[];
  readonly journal: JournalView;
  readonly messages: readonly SeenMessage[];
}

/** What is wrong after a play; nothing in a good one. */
export async function faultsOf(script: Script, actor: Actor): Promise<string[]> {
  const { stage } = actor;
  const scene: Scene = {
    actor,
    starts: await starts(stage.folder),
    journal: stage.journal(),
    messages: fromBot(stage.api, stage.chat),
  };
  return [
    ...script.prompts.flatMap((prompt) => faultsOfPrompt(prompt, scene)),
    ...strayRuns(script, scene),
    ...faultsOfJournal(scene),
    ...orphans(stage.folder).map((pid) => `an orphan lives: ${pid} ${commandOf(pid)}`),
    ...stage.api.violations.map((what) => `violation: ${what}`),
    ...(stage.api.hammering > 0 ? [`${stage.api.hammering} calls came too early`] : []),
    ...(lockHolder(projectPaths(stage.folder)) ? ["the bridge still holds the lock"] : []),
  ];
}

/** It ran once or was offered, it ended as people wanted it to, and its answer is in the chat. */
function faultsOfPrompt(prompt: Expected, scene: Scene): string[] {
  const { word, stopped } = prompt;
  const jobs = jobsOf(word, scene);
  const runs = runsWith(word, scene);
  const again = jobs.filter((id) => scene.actor.again.has(id)).length;
  const offers = jobs.filter((id) => wasOffered(id, scene)).length;
  if (wasRemoved(word, scene)) return runs > 0 ? [`${word} was removed and ran ${runs} times`] : [];
  const faults: string[] = [];
  if (runs > 1 + again) faults.push(`${word} ran ${runs} times`);
  if (offers === 0 && runs !== 1) faults.push(`${word} was not offered, and ran ${runs} times`);
  if (again > 0 && offers <= again && runs === 0) faults.push(`${word} was to run again, and did not`);
  const hit = !stopped && outcomesOf(jobs, scene).includes("cancelled");
  if (offers <= again && !hit) faults.push(...faultsOfAnswer(prompt, scene));
  if (hit && !mayBeHit(scene)) faults.push(`${word} was cancelled, and nobody wanted that`);
  return [...faults, ...faultsOfEdit(prompt, scene)];
}

function faultsOfAnswer({ word, answer, file, stopped }: Expected, { messages }: Scene): string[] {
  const seen = messages.filter(({ deleted }) => !deleted);
  if (file) {
    const texts = seen.flatMap(({ document }) => (document ? [document.bytes.toString("utf8")] : []));
    return texts.some((text) => holdsAll(text, answer))
      ? []
      : [`the file with the answer to ${word} is missing`];
  }
  const end = stopped ? ["⏹ Stopped"] : ["✅"];
  const text = seen.map((message) => message.text).join("\n");
  return holdsAll(text, [...answer, ...end]) ? [] : [`the answer to ${word} is not whole in the chat`];
}

function holdsAll(text: string, pieces: readonly string[]): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}

/** An edit that was on the disk when the bridge died, and the prompt had not started, counts. */
function faultsOfEdit({ word, edited }: Expected, scene: Scene): string[] {
  if (edited === undefined || runsWith(word, scene) === 0 || runsWith(edited, scene) > 0) return [];
  const waited = waitedAtCrash(jobsOf(word, scene), scene);
  const known = updatesAtCrash(scene).some(({ edited_message }) => edited_message?.text === edited);
  return known && waited ? [`${word} was changed before it started, and ran as it was before`] : [];
}

/** Whether people had every reason to believe that it would not run. */
function wasRemoved(word: string, scene: Scene): boolean {
  const jobs = jobsOf(word, scene);
  if (outcomesOf(jobs, scene).includes("removed")) return true;
  return jobs.some(
    (id) =>
      waitedAtCrash([id], scene) &&
      updatesAtCrash(scene).some(({ callback_query }) => callback_query?.data === `remove:${id}`),
  );
}

/** A /cancel that the bridge had not taken over when it died hits what runs when it is back. */
function mayBeHit(scene: Scene): boolean {
  const { stage } = scene.actor;
  const said = stage.api.messages(stage.chat).some(({ text }) => text === "/cancel");
  return (
    said && stage.crashes > 0 && !updatesAtCrash(scene).some(({ message }) => message?.text === "/cancel")
  );
}

/** What runs without a prompt that was said, or more often than somebody wanted. */
function strayRuns(script: Script, scene: Scene): string[] {
  const words = script.prompts.map(({ word }) => word);
  const strays = scene.starts.flatMap(promptsOf).filter((text) => !words.some((word) => text.includes(word)));
  return strays.length <= scene.actor.resumed.size ? [] : [`ran for no reason: ${strays.join(" | ")}`];
}

function faultsOfJournal({ actor, journal }: Scene): string[] {
  const { afterCrash } = actor.stage;
  const last = (afterCrash?.lines ?? 0) - 1;
  const open = [...journal.state.jobs.values()].map(({ job, status }) => `${job.id} is still ${status}`);
  const torn = afterCrash?.unreadable.filter((line) => line !== last) ?? [];
  return [
    ...open,
    ...(torn.length > 0 ? [`the crash left lines ${torn} of the journal unreadable`] : []),
    ...(journal.unreadable.length > (afterCrash?.unreadable.length ?? 0)
      ? [`lines ${journal.unreadable} of the journal cannot be read`]
      : []),
  ];
}

/** The ids of the jobs that the prompt became, those of *Run again* too. */
function jobsOf(word: string, { journal }: Scene): string[] {
  return journal.records.flatMap((record) =>
    record.k === "queued" && record.job.parts.some(({ text }) => text.includes(word)) ? [record.job.id] : [],
  );
}

function outcomesOf(ids: readonly string[], { journal }: Scene): string[] {
  return journal.records.flatMap((record) =>
    record.k === "ended" && ids.includes(record.id) ? [record.outcome] : [],
  );
}

/** What the bridge had taken over when it died. */
function updatesAtCrash({ actor }: Scene): Update[] {
  const records = actor.stage.afterCrash?.records ?? [];
  return records.flatMap((record) => (record.k === "update" ? [record.update] : []));
}

function waitedAtCrash(ids: readonly string[], { actor }: Scene): boolean {
  const records = actor.stage.afterCrash?.records ?? [];
  return !records.some((record) => record.k === "started" && ids.includes(record.id));
}

function wasOffered(id: string, { messages }: Scene): boolean {
  return messages.some(({ states }) =>
    states.some(({ keyboard }) =>
      keyboard.flat().some(({ callback_data }) => callback_data === `drop:${id}`),
    ),
  );
}

function runsWith(text: string, { starts }: Scene): number {
  return starts.filter((start) => promptsOf(start).some((prompt) => prompt.includes(text))).length;
}

function promptsOf({ input }: Start): string[] {
  return input.flatMap(({ type, message }) => (type === "user" ? [JSON.stringify(message)] : []));
}
