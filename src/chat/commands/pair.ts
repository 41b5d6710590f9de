import { plain } from "../../text/entities.ts";
import type { Command } from "./command.ts";

export const pair: Command = {
  names: ["pair"],
  usage: "CODE",
  summary: "Become the owner of a bot that has none yet",
  detail: "The console of nanogent shows the code while nobody may use the bot.",
  run: () => ({ text: plain("You may use this bot already; there is nothing to pair.") }),
};
