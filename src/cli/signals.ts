import { closeSync, openSync } from "node:fs";

export interface Stopping {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Stops for another reason; the end comes even when something hangs. */
  stop(): void;
  /** Leaves the signals to whoever had them before. */
  release(): void;
}

/** The end must come even when something hangs. */
const LONGEST_STOP_MS = 5_000;
/** One wish to stop comes as several signals: from the terminal, from its shell and from whatever started the program. */
const ECHO_MS = 300;

/**
 * Turns the first signal into a request to stop; a second one ends the process at once.
 * @param onReload Called for a SIGHUP that somebody sent. Without it, and when the SIGHUP comes from a terminal whose
 * window was closed, it is a signal as the others.
 */
export function untilStopped(onReload?: () => void): Stopping {
  const controller = new AbortController();
  let stoppedAt = Number.POSITIVE_INFINITY;
  const stop = (): void => {
    if (controller.signal.aborted) return;
    stoppedAt = performance.now();
    controller.abort();
    setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
  };
  const onSignal = (): void => {
    if (performance.now() - stoppedAt > ECHO_MS) process.exit(130);
    stop();
  };
  const onHangup = (): void => {
    if (onReload && !terminalIsGone()) onReload();
    else onSignal();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal).on("SIGHUP", onHangup);
  return {
    signal: controller.signal,
    stop,
    release() {
      process.off("SIGINT", onSignal).off("SIGTERM", onSignal).off("SIGHUP", onHangup);
    },
  };
}

/** Whether this process was started in a terminal that is closed now: then it has none any more. */
function terminalIsGone(): boolean {
  if (![process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)) return false;
  try {
    closeSync(openSync("/dev/tty", "r"));
    return false;
  } catch {
    return true;
  }
}
