import type { Desk } from "../../jobs/desk.ts";
import { titleOf } from "../../jobs/job.ts";
import type { JobRun } from "../../jobs/job-run.ts";
import { duration } from "../../text/duration.ts";
import { concat, plain, type RichText, styled } from "../../text/entities.ts";
import type { Command } from "./command.ts";

type Row = readonly [name: string, value: string | RichText];

export const status: Command = {
  names: ["status"],
  summary: "What is running, and how it goes",
  detail:
    "Shows the agent and its session, the running job with its last activity, the queue, and how long the bridge is up.",
  run({ desk, facts, place }) {
    const { runs, waiting, conversations } = desk;
    const agent = conversations.agent(place);
    const settings = conversations.settings(place);
    const { sessionId, fork } = conversations.opening(place, agent.name);
    const now = facts.now();
    const model = desk.runIn(place)?.view.model ?? settings.model ?? "the agent's default";
    const session =
      sessionId === undefined
        ? "a new one with the next prompt"
        : concat(styled("code", sessionId), fork ? ", in a copy of it from the next prompt on" : "");
    const permissions: readonly Row[] = [
      ["Permissions", `${settings.permissions} (/mode)`],
      ["Model", settings.effort === undefined ? model : `${model}, effort ${settings.effort}`],
    ];
    // A shell has none of these, and what an agent of one's own may do its command line says.
    const conversation: readonly Row[] =
      agent.output === "raw" ? [] : [...(agent.name === "custom" ? [] : permissions), ["Session", session]];
    const budget = desk.budget.words;
    const rows: readonly Row[] = [
      ["Agent", agent.name],
      ...conversation,
      ["Running", runs.length > 0 ? runs.map((run) => runningLine(run, now)).join("\n") : "nothing"],
      ...background(desk),
      ["Waiting", waiting.length === 0 ? "nothing" : `${waiting.length} (/queue)`],
      ...(desk.cases.count > 0 ? [["Undecided", `${desk.cases.count} (by the buttons above)`] as const] : []),
      ...(budget === undefined ? [] : [["Budget", budget] as const]),
      ["Up", duration(now - desk.startedAt)],
      ["nanogent", `${facts.version} in ${facts.folder}`],
    ];
    const lines = rows.map(([name, value]) => concat(styled("bold", name), ": ", value));
    return { text: concat(...lines.flatMap((line) => [line, plain("\n")])) };
  },
};

function background({ residents }: Desk): readonly Row[] {
  const tasks = residents.all.flatMap(({ resident }) => resident.tasks);
  return tasks.length === 0 ? [] : [["In the background", `${tasks.join(", ")} (/cancel)`]];
}

function runningLine({ job, view }: JobRun, now: number): string {
  const tool = view.tools.findLast(({ state }) => state === "running");
  const doing = view.waitingForAnswer
    ? "waiting for an answer"
    : tool && `${tool.name} ${tool.summary}`.trim();
  return [
    `“${titleOf(job)}”`,
    `for ${duration(now - view.startedAt)}`,
    `last activity ${duration(Math.max(0, now - view.lastActivity))} ago`,
    ...(doing ? [doing] : []),
  ].join(" · ");
}
