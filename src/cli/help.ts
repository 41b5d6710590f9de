import { EXIT, type Verb, type VerbCall } from "./verb.ts";
import { VERBS } from "./verbs.ts";

/** `nanogent help`: explains all verbs shortly, or one of them. */
export async function help({ words: [name], around }: VerbCall): Promise<number> {
  const verb = VERBS.find((each) => each.name === name);
  if (name !== undefined && !verb) {
    around.stderr.write(`There is no verb “${name}”.\n\n${overview(VERBS)}`);
    return EXIT.usage;
  }
  around.stdout.write(verb ? explain(verb) : overview(VERBS));
  return EXIT.done;
}

/** All verbs, a line each. */
export function overview(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap(({ name, usage, summary, internal }) =>
    internal ? [] : [line(`${name} ${usage}`.trim(), summary)],
  );
  return [
    "nanogent: this project's Telegram bot, which runs coding agents in this folder.",
    "",
    "Usage: nanogent [verb]    or    node nanogent.mjs [verb]",
    "",
    ...lines,
    line("--version", "print the version"),
    "",
    "Without a verb it starts. Settings are in .env; .env.example explains each.",
    "",
  ].join("\n");
}

/** A long one has its summary on the next line. */
function line(what: string, summary: string): string {
  const column = 18;
  const room = what.length < column ? what.padEnd(column) : `${what}\n${" ".repeat(column + 2)}`;
  return `  ${room}${summary}`;
}

function explain({ name, usage, summary, detail }: Verb): string {
  return `Usage: nanogent ${`${name} ${usage}`.trim()}\n\n${summary[0]?.toUpperCase()}${summary.slice(1)}.\n\n${detail}\n`;
}
