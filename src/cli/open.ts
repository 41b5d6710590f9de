import { projectPaths, refuseUnsafeState, UnsafeStateError } from "../project.ts";
import { localLink } from "../web/link-file.ts";
import { EXIT, type VerbCall } from "./verb.ts";

const FAULTS = {
  "not-running": "nanogent does not run in this folder. Start it with: node nanogent.mjs",
  "no-page": "The bridge that runs here serves no page. If NANOGENT_WEB is off, turn it on and start again.",
};

/** `nanogent open`: a one-time link to the page of the bridge that runs here. */
export async function open({ words: [session], around }: VerbCall): Promise<number> {
  if (session !== undefined && !/^[\w.-]{1,64}$/.test(session)) {
    around.stderr.write("The id of a terminal looks like term-1.\n");
    return EXIT.usage;
  }
  const paths = projectPaths(around.folder);
  try {
    refuseUnsafeState(paths);
  } catch (error) {
    if (!(error instanceof UnsafeStateError)) throw error;
    around.stderr.write(`${error.message}\n`);
    return EXIT.failed;
  }
  const link = localLink(paths, session, Date.now());
  if (link instanceof URL) {
    around.stdout.write(`${link.href}\n`);
    return EXIT.done;
  }
  around.stderr.write(`${FAULTS[link]}\n`);
  return EXIT.failed;
}
