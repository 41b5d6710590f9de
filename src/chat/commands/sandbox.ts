import { SANDBOXES } from "../../jobs/conversations.ts";
import type { Desk } from "../../jobs/desk.ts";
import { concat, plain, styled } from "../../text/entities.ts";
import type { Place } from "../messenger.ts";
import { choiceList, noSuchOption, type Option, optionNamed } from "./choice.ts";
import type { Command } from "./command.ts";

const OPTIONS: readonly Option[] = [
  { value: "read-only", label: "read-only", description: "commands change nothing" },
  { value: "workspace-write", label: "workspace-write", description: "commands write in the folder only" },
  { value: "danger-full-access", label: "danger-full-access", description: "no sandbox at all" },
  { value: "-", label: "as the mode wants", description: "what belongs to the mode (/mode)" },
];

export const sandbox: Command = {
  names: ["sandbox"],
  usage: "[read-only | workspace-write | danger-full-access | -]",
  summary: "Where Codex lets commands write",
  detail:
    "Codex has a sandbox for the commands that it runs. It counts from the next prompt on, in this chat or topic; - goes back to what belongs to the mode. Other agents have none.",
  ownersOnly: true,
  async run({ args, desk, place }) {
    const current = desk.conversations.settings(place).sandbox;
    if (args === "") {
      const title = concat("Codex's sandbox here: ", styled("bold", current ?? "as the mode wants"));
      return choiceList(title, "sandbox", OPTIONS, current ?? "-");
    }
    const chosen = optionNamed(OPTIONS, args);
    return chosen
      ? { text: plain(await setSandbox(desk, place, chosen.value)) }
      : noSuchOption(args, OPTIONS);
  },
};

/** @returns what to say about it. */
export async function setSandbox(desk: Desk, place: Place, value: string): Promise<string> {
  const known = SANDBOXES.find((each) => each === value);
  if (!known && value !== "-") return "There is no such sandbox.";
  await desk.conversations.choose(place, "sandbox", known ?? null);
  return `Codex's sandbox from the next prompt on: ${known ?? "as the mode wants"}.`;
}
