import { MARKS, summaryOf } from "../../doctor/report.ts";
import { concat, plain, styled } from "../../text/entities.ts";
import type { Command } from "./command.ts";

export const doctor: Command = {
  names: ["doctor"],
  summary: "Check what the bot needs to work",
  detail:
    "Looks at the settings, the token, the network, the agent's login, git, the disk, the files and the page, and tells what to do about what is wrong. It changes nothing: nanogent doctor --fix at the desk does.",
  ownersOnly: true,
  async run({ facts }) {
    const findings = await facts.examine();
    const lines = findings.map(({ name, state, words, fix }) =>
      concat(`${MARKS[state]} `, styled("bold", name), ` ${words}\n`, fix ? `    → ${fix}\n` : ""),
    );
    return { text: concat(...lines, plain(`\n${summaryOf(findings)}`)) };
  },
};
