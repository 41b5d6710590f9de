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

async function runVerb(name: string, all: readonly string[], around: Surroundings): Promise<number> {
  const verb = VERBS.find((each) => each.name === name);
  if (!verb) {
    const close = nearest(
      name,
      VERBS.flatMap((each) => (each.hidden ? [] : [each.name])),
    );
    return refuse(
      `There is no verb “${name}”.${close ? ` Did you mean “${close}”?` : ""}`,
      overview(VERBS),
      around,
    );
  }
  const { values, rest, behind, lacking } = takeValues(verb, all);
  if (lacking !== undefined) return refuse(`${lacking} needs a value.`, usageOf(verb), around);
  if (rest.some(isHelp))
    return runVerb("help", verb.name === "help" ? rest.filter((word) => !isHelp(word)) : [name], around);
  const flags = rest.filter((word) => word.startsWith("-"));
  const words = [...rest.filter((word) => !word.startsWith("-")), ...behind];
  const unknown = flags.find((flag) => !verb.flags.includes(flag));
  if (unknown !== undefined) return refuse(`${verb.name} has no flag ${unknown}.`, usageOf(verb), around);
  if (words.length > verb.words)
    return refuse(`${verb.name} does not take “${words[verb.words]}”.`, usageOf(verb), around);
  return verb.run({ flags: new Set(flags), words, values, around });
}

/** Takes the flags that have values out of the words: a value may look like anything. */
function takeValues({ values: known = [], command }: Verb, all: readonly string[]) {
  const values = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < all.length; index++) {
    const word = all[index] ?? "";
    if (command && word === "--") return { values, rest, behind: all.slice(index + 1), lacking: undefined };
    if (command && !word.startsWith("-"))
      return { values, rest, behind: all.slice(index), lacking: undefined };
    const flag = known.find((each) => word === each || word.startsWith(`${each}=`));
    const value = flag === word ? all[++index] : word.slice((flag?.length ?? 0) + 1);
    if (flag === undefined) rest.push(word);
    else if (value === undefined) return { values, rest, behind: [], lacking: flag };
    else values.set(flag, value);
  }
  return { values, rest, behind: [], lacking: undefined };
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
