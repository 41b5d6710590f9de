import type { Clock } from "./clock.ts";

const LOOK_MS = 5_000;
/** More than a busy machine or a correction of the clock makes of it. */
const JUMP_MS = 10_000;

/**
 * Calls back when the machine was asleep, or its clock was set: then connections may be dead without having said so.
 * During sleep the time of day goes on while the monotonic clock stands still, or a timer comes much too late.
 * @returns a function that ends the watch.
 */
export function watchSleep(clock: Clock, onJump: () => void): () => void {
  let cancel: () => void;
  const look = (): void => {
    const [day, monotonic] = [clock.now(), clock.monotonic()];
    cancel = clock.after(LOOK_MS, () => {
      const late = clock.monotonic() - monotonic - LOOK_MS;
      const drift = clock.now() - day - (clock.monotonic() - monotonic);
      if (late > JUMP_MS || Math.abs(drift) > JUMP_MS) onJump();
      look();
    });
  };
  look();
  return () => cancel();
}
