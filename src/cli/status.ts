import { titleOf } from "../jobs/job.ts";
import { silentLog } from "../log.ts";
import { lockHolder, projectPaths, refuseUnsafeState, UnsafeStateError } from "../project.ts";
import { readState } from "../store.ts";
import { readTerminalState } from "../terminal/state-file.ts";
import { clean } from "../text/clean.ts";
import { duration } from "../text/duration.ts";
import { EXIT, type Surroundings, type VerbCall } from "./verb.ts";

/** `nanogent status`: what the lock and the journal say, without touching either. */
export async function status({ around }: VerbCall): Promise<number> {
  try {
    return await tell(around);
  } catch (error) {
    around.stderr.write(`${explain(error, around.folder)}\n`);
    return EXIT.failed;
  }
}

/** What is not as nanogent makes it is said as at a start. */
function explain(error: unknown, folder: string): string {
  try {
    refuseUnsafeState(projectPaths(folder));
  } catch (fault) {
    if (fault instanceof UnsafeStateError) return fault.message;
  }
  return `The state of this folder cannot be read: ${(error as Error).message}`;
}

async function tell(around: Surroundings): Promise<number> {
  const paths = projectPaths(around.folder);
  const holder = lockHolder(paths);
  const { openJobs, sessions } = await readState(paths.journal);
  const terminals = terminalWords(paths.terminals, holder !== undefined);
  const lines = [
    holder
      ? `nanogent ${holder.version} runs here: pid ${holder.pid}, up ${duration(Date.now() - holder.since)}.`
      : "nanogent does not run in this folder. Start it with: node nanogent.mjs",
    ...[...sessions].map(
      ([key, id]) => `Session of ${key.split(" ")[1]} in chat ${key.split(" ")[0]}: ${id}`,
    ),
    ...openJobs.map(
      // What comes from a chat must not act on the terminal.
      ({ job, status: state }) =>
        `${state === "interrupted" || state === "held" ? "undecided" : state}: #${job.number} ${clean(titleOf(job))} (${clean(job.author.name)})`,
    ),
    ...terminals,
    ...(openJobs.length + terminals.length === 0 ? ["Nothing is running and nothing waits."] : []),
  ];
  around.stdout.write(`${lines.join("\n")}\n`);
  return holder ? EXIT.done : EXIT.failed;
}

/** Those in tmux go on without the bridge. */
function terminalWords(path: string, runs: boolean): string[] {
  const open = readTerminalState(path, silentLog).sessions.filter(({ exit }) => !exit);
  const count = (runs ? open : open.filter(({ persists }) => persists)).length;
  if (count === 0) return [];
  const words = count === 1 ? "1 terminal is open" : `${count} terminals are open`;
  return [runs ? `${words}.` : `${words} in tmux.`];
}
