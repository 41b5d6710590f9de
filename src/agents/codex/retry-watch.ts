import type { JsonObject } from "../json.ts";

/** Codex looks again every five seconds; after a longer silence the model was reached, and is thinking. */
const PAUSE_MS = 30_000;

/**
 * Codex tries for ever to reach a model whose address does not answer ("waiting for network"), and a person would see
 * nothing but silence. This says when it has gone on with that for `ms` milliseconds.
 */
export function retryWatch(
  ms: number,
  onTooLong: (error: JsonObject) => void,
  now = () => performance.now(),
) {
  let first = 0;
  let last: number | undefined;
  return {
    /** A request has failed and is going to be tried again. */
    retries(error: JsonObject): void {
      const time = now();
      if (last === undefined || time - last > PAUSE_MS) first = time;
      last = time;
      if (time - first >= ms) onTooLong(error);
    },
    /** Something else has happened. */
    progressed(): void {
      last = undefined;
    },
  };
}
