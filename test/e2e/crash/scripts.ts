import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Remedy } from "../../../src/jobs/open-cases.ts";
import {
  canUseTool,
  failure,
  init,
  type Scenario,
  type Step,
  streamed,
  success,
} from "../../fakes/claude-cli.ts";
import type { Actor } from "./actor.ts";

/** What must be in the chat when a prompt has run to its end. */
export interface Expected {
  /** The prompt's first word, which no other prompt has. */
  readonly word: string;
  /** Pieces of the answer in their order. None for a prompt that is stopped. */
  readonly answer: readonly string[];
  /** The answer comes as a file. */
  readonly file?: boolean;
  /** Somebody stops it: it may end as cancelled. */
  readonly stopped?: boolean;
  /** Somebody changes it while it waits. */
  readonly edited?: string;
}

/** What people do in one play, and what must come of it however often the bridge dies meanwhile. */
export interface Script {
  readonly name: string;
  readonly agent: Scenario;
  readonly largeJournal?: boolean;
  readonly prompts: readonly Expected[];
  /** What is pressed under a prompt that was interrupted. */
  readonly remedy: Remedy;
  play(actor: Actor): Promise<void>;
}

const paragraphs = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${"words that fill a line, ".repeat(12)}end ${index}.`);
const LONG = paragraphs(20);
const FILE = paragraphs(75);

const quick = (word: string): readonly Step[] => [init(), ...streamed(`The ${word} answer.`), success()];
const lengthy = (text: readonly string[]): readonly Step[] => [
  init(),
  ...streamed(...text.slice(0, text.length / 2).map((line) => `${line}\n\n`)),
  { sleep: 40 },
  ...streamed(...text.slice(text.length / 2).map((line) => `${line}\n\n`)),
  success(),
];
/** Goes on until it is interrupted, with a process that would outlive it. */
const endless = (word: string): readonly Step[] => [
  init(),
  ...streamed(`The ${word} answer.`),
  { grandchild: "session", pidFile: `${word}.pid` },
  { expect: { request: { subtype: "interrupt" } } },
  failure("", { subtype: "error_during_execution" }),
];
const expected = (word: string): Expected => ({ word, answer: [`The ${word} answer.`] });

export const ANSWERS: readonly Script[] = [
  {
    name: "answers: short, in several messages, as a file; a fresh session; a journal that is compacted",
    largeJournal: true,
    agent: { apple: quick("apple"), banana: lengthy(LONG), cherry: lengthy(FILE) },
    prompts: [
      expected("apple"),
      { word: "banana", answer: LONG },
      { word: "cherry", answer: FILE, file: true },
    ],
    remedy: "drop",
    async play(actor) {
      await actor.over(actor.say("apple please"));
      await actor.handled(actor.say("/new"));
      await actor.over(actor.say("banana please"));
      await actor.over(actor.say("cherry please"));
    },
  },
  {
    name: "a permission that is given",
    agent: {
      damson: [
        init(),
        ...streamed("The damson "),
        canUseTool("Bash", { command: "touch damson", description: "make it" }),
        { expect: { response: { response: { behavior: "allow" } } } },
        ...streamed("answer."),
        success(),
      ],
    },
    prompts: [{ word: "damson", answer: ["The damson", "answer."] }],
    remedy: "again",
    async play(actor) {
      const damson = actor.say("damson please");
      await actor.press("ask", damson);
      await actor.over(damson);
    },
  },
];
export const STOPS: readonly Script[] = [
  {
    name: "a job that is stopped by its button, behind it one that is changed and one that is removed",
    agent: { elder: endless("elder"), fig: quick("fig"), grape: quick("grape") },
    prompts: [
      { ...expected("elder"), stopped: true },
      { ...expected("fig"), edited: "fig, but ripe" },
      expected("grape"),
    ],
    remedy: "drop",
    async play(actor) {
      const elder = actor.say("elder please");
      await actor.answering(elder);
      const fig = actor.say("fig please");
      const grape = actor.say("grape please");
      await actor.handled(fig);
      await actor.handled(grape);
      await actor.showing("remove", grape);
      await actor.handled(actor.edit(fig, "fig, but ripe"));
      // Without a button it waits until the others are over, and runs.
      if (await actor.press("remove", grape)) await actor.over(grape);
      await actor.press("stop", elder);
      for (const prompt of [elder, fig, grape]) await actor.over(prompt);
    },
  },
  {
    name: "a job that is stopped by /cancel while another one waits",
    agent: { hazel: endless("hazel"), iris: quick("iris") },
    prompts: [{ ...expected("hazel"), stopped: true }, expected("iris")],
    remedy: "drop",
    async play(actor) {
      const hazel = actor.say("hazel please");
      await actor.answering(hazel);
      const iris = actor.say("iris please");
      await actor.handled(iris);
      // It stops what runs, whatever that is.
      if (await actor.showing("stop", hazel)) await actor.handled(actor.say("/cancel"));
      for (const prompt of [hazel, iris]) await actor.over(prompt);
    },
  },
];
export const RESTARTS: readonly Script[] = [
  {
    name: "a life after a SIGKILL: what ran is offered and runs again, what waited runs",
    agent: {
      juniper: [
        init(),
        ...streamed("The juniper "),
        { grandchild: "session", pidFile: "juniper.pid" },
        { gate: "juniper.here", until: "juniper.go" },
        ...streamed("answer."),
        success(),
      ],
      kiwi: quick("kiwi"),
    },
    prompts: [{ word: "juniper", answer: ["The juniper", "answer."] }, expected("kiwi")],
    remedy: "again",
    async play(actor) {
      const juniper = actor.say("juniper please");
      await actor.showing("stop", juniper);
      const kiwi = actor.say("kiwi please");
      await actor.handled(kiwi);
      await actor.stage.quiet();
      await actor.stage.restart("SIGKILL");
      await writeFile(join(actor.stage.folder, "juniper.go"), "");
      for (const prompt of [juniper, kiwi]) await actor.over(prompt);
    },
  },
  {
    name: "a life after a SIGTERM in the middle of a job: its session goes on, what waited runs",
    agent: { lemon: endless("lemon"), mango: quick("mango"), "cut off": quick("resumed") },
    prompts: [{ ...expected("lemon"), stopped: true }, expected("mango")],
    remedy: "resume",
    async play(actor) {
      const lemon = actor.say("lemon please");
      await actor.answering(lemon);
      const mango = actor.say("mango please");
      await actor.handled(mango);
      await actor.stage.quiet();
      await actor.stage.restart("SIGTERM");
      for (const prompt of [lemon, mango]) await actor.over(prompt);
    },
  },
];
