import { silentLog } from "../log.ts";
import {
  lockHolder,
  type ProjectPaths,
  projectPaths,
  refuseUnsafeState,
  UnsafeStateError,
} from "../project.ts";
import { readTerminalState } from "../terminal/state-file.ts";
import { localLink } from "../web/link-file.ts";
import { EXIT, type VerbCall } from "./verb.ts";

const FAULTS = {
  "not-running": "nanogent does not run in this folder. Start it with: node nanogent.mjs",
  "no-page": "The bridge that runs here serves no page. If NANOGENT_WEB is off, turn it on and start again.",
};

/** `nanogent open`: a one-time link to the page of the bridge that runs here. */
export async function open({ words: [wanted], around }: VerbCall): Promise<number> {
  const paths = projectPaths(around.folder);
  const fail = (why: string): number => {
    around.stderr.write(`${why}\n`);
    return EXIT.failed;
  };
  try {
    refuseUnsafeState(paths);
  } catch (error) {
    if (!(error instanceof UnsafeStateError)) throw error;
    return fail(error.message);
  }
  const session = wanted === undefined ? undefined : sessionOf(wanted, paths);
  const link = localLink(paths, session, Date.now());
  if (typeof link === "string") return fail(FAULTS[link]);
  if (wanted !== undefined && session === undefined)
    return fail("There is no such terminal. /terms in the chat names those that are open.");
  around.stdout.write(`${link.href}\n`);
  return EXIT.done;
}

/**
 * By its id, or by its name: one that is open, or of those that have ended in this life of the bridge, which the page still
 * shows, the last one.
 */
function sessionOf(wanted: string, paths: ProjectPaths): string | undefined {
  const { sessions, ended } = readTerminalState(paths.terminals, silentLog);
  const since = lockHolder(paths)?.since ?? 0;
  const all = [...ended.filter(({ endedAt }) => endedAt >= since), ...sessions];
  const name = wanted.replace(/^@/, "");
  return (all.find(({ id }) => id === wanted) ?? all.findLast((each) => each.name === name))?.id;
}
