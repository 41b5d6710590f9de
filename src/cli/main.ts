import { nearest } from "../text/nearest.ts";
import { VERSION } from "../version.ts";
import { overview } from "./help.ts";
import { EXIT, type Surroundings, type Verb } from "./verb.ts";
import { VERBS } from "./verbs.ts";

/** Runs the command line; `words` is what stands behind the program's name. @returns the exit code. */
export async function main(words: readonly string[], around: Surroundings): Promise<number> {
  if (words.some((word) => word === "--version" || word === "-v")) {
    around.stdout.write(`${VERSION}\n`);
    return EXIT.done;
  }
  const [first, ...others] = words;
  if (first === undefined || (first.startsWith("-") && !isHelp(first)))
    return runVerb("start", words, around);
  return runVerb(isHelp(first) ? "help" : first, others, around);
}

async function runVerb(name: string, rest: readonly string[], around: Surroundings): Promise<number> {
  const verb = VERBS.find((each) => each.name === name);
  if (!verb) {
    const close = nearest(
      name,
      VERBS.map((each) => each.name),
    );
    return refuse(
      `There is no verb “${name}”.${close ? ` Did you mean “${close}”?` : ""}`,
      overview(VERBS),
      around,
    );
  }
  if (rest.some(isHelp))
    return runVerb("help", verb.name === "help" ? rest.filter((word) => !isHelp(word)) : [name], around);
  const flags = rest.filter((word) => word.startsWith("-"));
  const words = rest.filter((word) => !word.startsWith("-"));
  const unknown = flags.find((flag) => !verb.flags.includes(flag));
  if (unknown !== undefined) return refuse(`${verb.name} has no flag ${unknown}.`, usageOf(verb), around);
  if (words.length > verb.words)
    return refuse(`${verb.name} does not take “${words[verb.words]}”.`, usageOf(verb), around);
  return verb.run({ flags: new Set(flags), words, around });
}

function isHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

function usageOf({ name, usage }: Verb): string {
  return `Usage: nanogent ${`${name} ${usage}`.trim()}\nMore: nanogent help ${name}\n`;
}

function refuse(fault: string, usage: string, { stderr }: Surroundings): number {
  stderr.write(`${fault}\n\n${usage}`);
  return EXIT.usage;
}
