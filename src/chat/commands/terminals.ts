import { plain } from "../../text/entities.ts";
import type { Command } from "./command.ts";

export const term: Command = {
  names: ["term"],
  usage: "[@NAME] [host] [command]",
  summary: "Open a terminal in the folder, with a shell or a command",
  detail:
    "What replies to a terminal's message is typed there, with Enter; a \\ at the end leaves Enter out. A group with topics gets a topic for it, and what is written there is typed. /term @build npm run watch names it: “@build q” types there from anywhere. /term claude asks for its permissions here, and tells when it has finished. Its buttons show the screen and press keys. With tmux it goes on when the bridge ends, here and elsewhere; when it has ended, Reconnect or Again opens the same once more. Open shows it on the page, as soon as that has an address for phones (NANOGENT_TUNNEL or NANOGENT_PUBLIC_URL); nanogent open prints a link for a browser at the machine.",
  ownersOnly: true,
  async run({ args, place, inForum, facts }) {
    return (await facts.terminals.room()).open(args, place, inForum);
  },
};

export const terms: Command = {
  names: ["terms"],
  summary: "The terminals that are open, what they do and their last line",
  ownersOnly: true,
  async run({ facts }) {
    return (await facts.terminals.room()).list();
  },
};

export const screen: Command = {
  names: ["screen"],
  usage: "[ID] [text]",
  summary: "What a terminal shows, as a picture or as text",
  detail:
    "Without an id it is the terminal that was used here last. Live under a picture lets it follow the terminal for 5 minutes. What replies to a picture is typed there, and answered with text. Where a secret is shown it is always text, in which that is blotted out.",
  ownersOnly: true,
  async run({ args, place, facts }) {
    const key = args.replace(/(^|\s+)text$/, "");
    return (await facts.terminals.room()).screen(key, place, { asText: key !== args });
  },
};

export const type: Command = {
  names: ["type"],
  usage: "text",
  summary: "Type into a terminal without Enter",
  detail:
    "As a reply to a terminal's message, or in its topic, it types there; elsewhere into the one that was used last.",
  ownersOnly: true,
  async run({ args, place, answers, facts }) {
    if (args === "") return { text: plain("Write behind it what is to be typed: /type text") };
    const room = await facts.terminals.room();
    return room.type(args, { place, ...(answers === undefined ? {} : { answers }) });
  },
};

export const watch: Command = {
  names: ["watch"],
  usage: "ID [text | silence N | bell | exit | off]",
  summary: "Be told once when something happens in a terminal",
  detail:
    "/watch term-1 passed: when that text appears. /watch term-1 silence 30: when nothing comes for 30 seconds. /watch term-1: when it rings the bell or ends. off takes all of them away. Where the terminal outlives a restart of the bridge, so do they: a text that has come meanwhile is told, a bell is not, and silence counts anew.",
  ownersOnly: true,
  async run({ args, place, facts }) {
    const [, id = "", words = ""] = /^(\S*)\s*([\s\S]*)$/.exec(args) ?? [];
    if (id === "") return { text: plain("Which one? /terms lists them; then /watch term-1.") };
    return (await facts.terminals.room()).watch(id, words, place);
  },
};
