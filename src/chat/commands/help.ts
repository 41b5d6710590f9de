import { concat, plain, type RichText, styled } from "../../text/entities.ts";
import { nearest } from "../../text/nearest.ts";
import { SHELL_HELP } from "../shell-help.ts";
import type { Command, CommandCall } from "./command.ts";

/** `/help` and `/start`, which need to know all the others. */
export function helpCommand(commands: () => readonly Command[]): Command {
  return {
    names: ["help", "start"],
    usage: "[command]",
    summary: "How this works",
    async run({ name: called, args, desk, facts, place, person }) {
      const isStart = called === "start";
      if (isStart && (await showsTerminal(args, { facts, place, person }))) return undefined;
      // What else stands in a link to the bot is nothing to ask about.
      if (args === "" || isStart) {
        const { name: agent } = desk.conversations.agent(place);
        const shell = agent !== "shell" && desk.shell.mayUse(person, place);
        return { text: overview(commands(), agent, facts.folder, shell) };
      }
      const name = args.replace(/^\//, "").toLowerCase();
      const command = commands().find(({ names }) => names.includes(name));
      if (name === "shell" || name === "!") return { text: SHELL_HELP };
      if (command) return { text: details(command) };
      const known = commands().flatMap(({ names }) => names);
      const close = nearest(name, known);
      return { text: plain(`There is no command /${name}.${close ? ` Did you mean /${close}?` : ""}`) };
    },
  };
}

/** `Open` in a group leads here, where Telegram takes the page. */
async function showsTerminal(
  id: string,
  { facts, place, person }: Pick<CommandCall, "facts" | "place" | "person">,
): Promise<boolean> {
  if (!/^term-\d+$/.test(id) || person.role !== "owner") return false;
  return (await facts.terminals.room()).showCard(id, place);
}

function overview(commands: readonly Command[], agent: string, folder: string, shell: boolean): RichText {
  const lines = commands.map(
    ({ names, usage, summary }) => `/${names[0]}${usage ? ` ${usage}` : ""} — ${summary}`,
  );
  const what =
    agent === "shell"
      ? "Every message that you send is run as a command there."
      : "Send what you want done there. Slash commands of the agent itself work too.";
  return concat(
    `This bot works in ${folder} with the agent `,
    styled("bold", agent),
    `. ${what}\n\n`,
    shell ? "!command — Run it in the shell, at once (/help shell)\n" : "",
    lines.join("\n"),
  );
}

function details({ names, usage, summary, detail, ownersOnly }: Command): RichText {
  const [name, ...others] = names;
  const also = others.length > 0 ? ` (also ${others.map((other) => `/${other}`).join(", ")})` : "";
  return concat(
    styled("bold", `/${name}${usage ? ` ${usage}` : ""}`),
    `${also}\n${summary}.`,
    detail ? `\n\n${detail}` : "",
    ownersOnly ? "\n\nFor owners only." : "",
  );
}
