import { run } from "../project.ts";
import { Actor } from "./actor.ts";
import { faultsOf } from "./checks.ts";
import type { Script } from "./scripts.ts";
import { type Crash, Stage } from "./stage.ts";

/** A point of a script at which a bridge can be killed. */
export interface Point extends Crash {
  /** What was about to happen, for people. */
  readonly detail: string;
}

export interface Played {
  /** The points that were passed between the first word and the end, in every life that the script has. */
  readonly points: readonly Point[];
  /** Whether the bridge was killed where it should be. */
  readonly reached: boolean;
  /** What went wrong, with all that one wants to know then. */
  readonly report: string | undefined;
}

/** Plays a script in a folder of its own, with or without a crash, and looks at what has come of it. */
export async function play(script: Script, crash?: Crash, fromTheStart = false): Promise<Played> {
  const { agent, largeJournal = false } = script;
  const stage = await Stage.set({ agent, largeJournal, ...(crash ? { crash } : {}) });
  const actor = new Actor(stage, script.remedy);
  try {
    const before = await playToTheEnd(script, actor, fromTheStart);
    const points: Point[] = [];
    for (let life = 1; life <= stage.lives; life++) {
      const passed = (await stage.points(life)).slice(life === 1 ? before : 0);
      points.push(...passed.map(({ id, detail }) => ({ life, at: id, detail })));
    }
    const faults = [...(await faultsOf(script, actor)), ...(crash ? [] : await faultsOfStatus(stage.folder))];
    const report = faults.length > 0 ? await describe(faults.join("\n"), actor) : undefined;
    return { points, reached: stage.crashes > 0, report };
  } catch (error) {
    const reached = stage.crashes > 0;
    return { points: [], reached, report: await describe(String(error), actor) };
  } finally {
    await stage.close();
  }
}

/** @returns how many points belong to the start, which is the same in every script. */
async function playToTheEnd(script: Script, actor: Actor, fromTheStart: boolean): Promise<number> {
  const { stage } = actor;
  await stage.until("the first life", () => stage.api.calls("setMyCommands").some(({ status }) => status));
  const before = fromTheStart ? 0 : (await stage.points(1)).length;
  await script.play(actor);
  for (;;) {
    await actor.settle();
    const code = await stage.stop();
    if (code === 0) return before;
    if (code !== undefined) throw new Error(`the last life ended with ${code}`);
  }
}

/** What `nanogent status` says about a bridge that has stopped. */
async function faultsOfStatus(folder: string): Promise<string[]> {
  const status = run(["status"], folder);
  const { code } = await status.exited;
  const good = /does not run[\s\S]*Nothing is running and nothing waits/.test(status.output());
  return good && code === 1 ? [] : [`nanogent status ended with ${code}: ${status.output()}`];
}

async function describe(what: string, { stage, notices }: Actor): Promise<string> {
  const { records } = stage.journal();
  return [
    what,
    stage.api.dump(),
    "presses:",
    ...[...notices].map(([data, texts]) => `  ${data}: ${texts.join(" | ")}`),
    "journal:",
    ...records.map((record) => `  ${JSON.stringify(record).slice(0, 240)}`),
    stage.output,
  ].join("\n");
}
