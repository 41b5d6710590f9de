import { titleOf } from "../jobs/job.ts";
import { lockHolder, projectPaths } from "../project.ts";
import { readState } from "../store.ts";
import { duration } from "../text/duration.ts";
import { EXIT, type VerbCall } from "./verb.ts";

/** `nanogent status`: what the lock and the journal say, without touching either. */
export async function status({ around }: VerbCall): Promise<number> {
  const paths = projectPaths(around.folder);
  const holder = lockHolder(paths);
  const { openJobs, sessions } = await readState(paths.journal);
  const lines = [
    holder
      ? `nanogent ${holder.version} runs here: pid ${holder.pid}, up ${duration(Date.now() - holder.since)}.`
      : "nanogent does not run in this folder. Start it with: node nanogent.mjs",
    ...[...sessions].map(([agent, id]) => `Session of ${agent}: ${id}`),
    ...openJobs.map(
      ({ job, status: state }) => `${state}: #${job.number} ${titleOf(job)} (${job.author.name})`,
    ),
    ...(openJobs.length === 0 ? ["Nothing is running and nothing waits."] : []),
  ];
  around.stdout.write(`${lines.join("\n")}\n`);
  return holder ? EXIT.done : EXIT.failed;
}
