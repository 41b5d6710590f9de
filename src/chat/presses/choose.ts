import type { Desk } from "../../jobs/desk.ts";
import { join, plain, styled } from "../../text/entities.ts";
import { byWhom } from "../by-whom.ts";
import { setAgent } from "../commands/agent.ts";
import { setMode } from "../commands/mode.ts";
import { setModel } from "../commands/model.ts";
import { setSandbox } from "../commands/sandbox.ts";
import type { Place } from "../messenger.ts";
import { type Press, type PressOptions, show, split } from "./press.ts";

/** A list to choose from becomes what was chosen. */
export async function choose(
  key: string,
  { person, place, message }: Press,
  { desk, messenger, now }: PressOptions,
): Promise<string> {
  if (person.role !== "owner") return "Only owners may choose that.";
  const [name, value] = split(key);
  const [what = "", madeFor] = name.split("@");
  const agent = desk.conversations.agent(place).name;
  if (madeFor !== undefined && madeFor !== agent)
    return `This list belongs to ${madeFor}, and ${agent} answers here now. /${what} lists what it has.`;
  // A list of an older version does not tell whose models it has.
  const known = madeFor !== undefined || (what !== "model" && what !== "effort");
  const said = known ? await choiceMade(what, value, desk, place) : undefined;
  if (said === undefined) return "There is no such choice any more.";
  const verdict = styled("italic", `Chosen${byWhom(person.name, now())}`);
  if (message) show(messenger, message, { text: join([plain(said), verdict], "\n\n") });
  return said;
}

async function choiceMade(
  name: string,
  value: string,
  desk: Desk,
  place: Place,
): Promise<string | undefined> {
  switch (name) {
    case "mode":
      return setMode(desk, place, value);
    case "model":
    case "effort":
      return setModel(desk, place, name, value);
    case "agent":
      return setAgent(desk, place, value);
    case "sandbox":
      return setSandbox(desk, place, value);
    default:
      return undefined;
  }
}
