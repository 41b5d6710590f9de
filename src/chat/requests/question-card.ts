import type { Question } from "../../agents/agent.ts";
import { concat, join, plain, styled } from "../../text/entities.ts";
import { type Card, type Choice, type Decision, oneLine } from "./card.ts";

/** One question of the agent: its choices as buttons, and free text for everything else. */
export function questionCard(question: Question, index: number, count: number): Card<readonly string[]> {
  const { options, multiple } = question;
  const chosen = new Set<number>();
  const labels = (): string[] => options.filter((_, at) => chosen.has(at)).map(({ label }) => label);
  const decided = (answer: readonly string[]): Decision<readonly string[]> => ({
    kind: "decided",
    answer,
    verdict: `💬 ${answer.map((each) => oneLine(each, 100)).join(", ")}`,
  });
  const mark = (at: number): string => (multiple ? (chosen.has(at) ? "☑ " : "☐ ") : "");
  const choices = (): Choice[][] =>
    options.map(({ label }, at) => [{ text: `${mark(at)}${oneLine(label, 60)}`, choice: `o${at}` }]);
  const head = count > 1 ? `❓ Question ${index + 1} of ${count}` : "❓ The agent asks";
  const described = options.flatMap(({ label, description }) =>
    description ? [concat("• ", styled("bold", oneLine(label)), `: ${oneLine(description, 300)}`)] : [],
  );
  return {
    text: join(
      [
        concat(head, question.header ? ` · ${oneLine(question.header, 60)}` : ""),
        styled("bold", question.text),
        join(described, "\n"),
        plain(multiple ? "Choose as many as fit, then Done." : ""),
      ],
      "\n\n",
    ),
    fileName: "question.txt",
    buttons: () => [
      ...choices(),
      [...(multiple ? [{ text: "✔ Done", choice: "done" }] : []), { text: "✍ Other …", choice: "other" }],
    ],
    press(choice) {
      if (choice === "other") return { kind: "text", notice: "Write it: your next message is the answer." };
      if (choice === "done" && multiple) {
        return chosen.size > 0
          ? decided(labels())
          : { kind: "changed", notice: "Choose at least one, or Other." };
      }
      const at = /^o\d{1,3}$/.test(choice) ? Number(choice.slice(1)) : -1;
      const option = options[at];
      if (!option) return undefined;
      if (!multiple) return decided([option.label]);
      if (!chosen.delete(at)) chosen.add(at);
      return { kind: "changed", notice: chosen.has(at) ? "Chosen." : "Not chosen." };
    },
    // What was ticked before counts too.
    take: (_choice, text) => decided([...labels(), text.trim()]),
    typed: () => undefined,
  };
}
