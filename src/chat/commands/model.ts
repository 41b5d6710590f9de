import type { Model } from "../../agents/agent.ts";
import { concat, plain, styled } from "../../text/entities.ts";
import { choiceList, noSuchOption, type Option, optionNamed } from "./choice.ts";
import type { Command, CommandCall } from "./command.ts";

/** Takes a choice back. */
const DEFAULT: Option = { value: "-", label: "as in .env" };

export const model: Command = {
  names: ["model"],
  usage: "[name | -]",
  summary: "Choose the model",
  detail:
    "/model lists what the agent offers. /model NAME takes that one from the next prompt on, in this chat or topic; - goes back to what .env says. A name that is not in the list works too, if the agent knows it.",
  ownersOnly: true,
  async run({ args, desk, place, facts }) {
    const { conversations } = desk;
    const agent = conversations.agent(place);
    if (args !== "") return choose("model", args, { desk, place });
    const models = await agent.models(facts.folder);
    const current = conversations.settings(place).model;
    if (models.length === 0) {
      return {
        text: plain(
          `${agent.name} does not tell its models. /model NAME takes one by its name all the same.`,
        ),
      };
    }
    const title = concat("The model here: ", styled("bold", current ?? "the agent's default"));
    const options = models.map(({ id, name, description }) => ({ value: id, label: name, description }));
    return choiceList(title, `model@${agent.name}`, [...options, DEFAULT], current ?? DEFAULT.value);
  },
};

export const effort: Command = {
  names: ["effort"],
  usage: "[level | -]",
  summary: "How hard the model is to think",
  detail:
    "/effort lists the levels that the model knows. /effort LEVEL takes one from the next prompt on, in this chat or topic; - goes back to the agent's own.",
  ownersOnly: true,
  async run({ args, desk, place, facts }) {
    const { conversations } = desk;
    const agent = conversations.agent(place);
    const levels = effortsOf(await agent.models(facts.folder), conversations.settings(place).model);
    if (levels.length === 0) return { text: plain("The agent knows no levels of effort for this model.") };
    const options = levels.map((level) => ({ value: level, label: level }));
    if (args !== "") {
      const level = optionNamed([...options, DEFAULT], args);
      return level ? choose("effort", level.value, { desk, place }) : noSuchOption(args, options);
    }
    const current = conversations.settings(place).effort;
    const title = concat("The effort here: ", styled("bold", current ?? "the agent's own"));
    return choiceList(title, `effort@${agent.name}`, [...options, DEFAULT], current ?? DEFAULT.value);
  },
};

function effortsOf(models: readonly Model[], current: string | undefined): readonly string[] {
  const model = models.find(({ id }) => id === current) ?? models[0];
  return model?.efforts ?? [];
}

async function choose(
  name: "model" | "effort",
  value: string,
  { desk, place }: Pick<CommandCall, "desk" | "place">,
): Promise<{ text: ReturnType<typeof plain> }> {
  return { text: plain(await setModel(desk, place, name, value)) };
}

/** Chooses a model or an effort for the next prompts of a conversation. @returns what to say about it. */
export async function setModel(
  desk: CommandCall["desk"],
  place: CommandCall["place"],
  name: "model" | "effort",
  value: string,
): Promise<string> {
  const what = name === "model" ? "Model" : "Effort";
  // It becomes a word of the agent's command line, where it must not be an option.
  if (value !== DEFAULT.value && !/^[\w[\]./:@][\w[\]./:@-]{0,99}$/.test(value))
    return `That is no name of a ${name}.`;
  await desk.conversations.choose(place, name, value === DEFAULT.value ? null : value);
  const shown = value === DEFAULT.value ? "as in .env, or the agent's own" : value;
  return `${what} from the next prompt on: ${shown}.`;
}
