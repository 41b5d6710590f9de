export interface Stopping {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Stops for another reason. */
  abort(): void;
  /** Leaves the signals to whoever had them before. */
  release(): void;
}

/** The end must come even when something hangs. */
const LONGEST_STOP_MS = 5_000;

/** SIGHUP is what a terminal sends when its window is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Turns the first signal into a request to stop; a second one ends the process at once. */
export function untilStopped(): Stopping {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    abort: () => controller.abort(),
    release() {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
