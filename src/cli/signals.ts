export interface Stopping {
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** Stops for another reason. */
  abort(): void;
  /** Leaves the signals to whoever had them before. */
  release(): void;
}

/** The end must come even when something hangs. */
const LONGEST_STOP_MS = 5_000;

/** Turns the first SIGINT or SIGTERM into a request to stop; a second one ends the process at once. */
export function untilStopped(): Stopping {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
