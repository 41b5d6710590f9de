import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { removeOldUploads } from "../files/old-uploads.ts";
import type { Log } from "../log.ts";
import type { ProjectPaths } from "../project.ts";
import type { Store } from "../store.ts";

export interface UploadsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly paths: ProjectPaths;
  /** How long files are kept, in milliseconds; undefined for ever. */
  readonly keptMs: () => number | undefined;
}

const DAY_MS = 86_400_000;

/**
 * Removes files that were sent long ago, now and once a day; those of prompts that are not over stay.
 * @returns a function that ends it.
 */
export function keepUploadsTidy({ store, clock, log, paths, keptMs }: UploadsOptions): () => void {
  let cancel: () => void;
  const tidy = (): void => {
    cancel = clock.after(DAY_MS, tidy);
    const ms = keptMs();
    if (ms === undefined) return;
    const needed = new Set(
      store.openJobs.flatMap(({ job }) => job.files.map((file) => join(paths.folder, file))),
    );
    try {
      const removed = removeOldUploads(paths.uploads, ms, clock.now(), (path) => needed.has(path));
      if (removed > 0) log.info("old uploads removed", { files: removed });
    } catch (error) {
      log.warn("old uploads not removed", { error });
    }
  };
  tidy();
  return () => cancel();
}
