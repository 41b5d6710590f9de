import { readFileSync } from "node:fs";
import { processesWhere } from "../../fakes/processes.ts";

/** The processes that live in a folder and carry the mark of a job. */
export function orphans(folder: string): number[] {
  return processesWhere((cwd) => cwd.startsWith(folder)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").includes("NANOGENT_JOB=");
    } catch {
      return false; // ended in between, or of another user
    }
  });
}
