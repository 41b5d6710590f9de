import type { Clock } from "./clock.ts";
import type { Log } from "./log.ts";
import { type ProjectPaths, prepareState } from "./project.ts";
import type { Store } from "./store.ts";
import type { Vault } from "./vault.ts";

export interface StateFolderOptions {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  readonly paths: ProjectPaths;
  /** Makes sure that the project is this process's own, also after its lock was removed. @throws when it is not. */
  readonly claim: () => void;
  /** Writes again what others keep in the folder, where it is gone. */
  readonly rewrite: () => void;
  /** Says it in the chats. */
  readonly tell: (text: string) => void;
  /** For the person at the console. */
  readonly announce: (line: string) => void;
}

const TOUCH_MS = 60_000;
/** As long as the lock is gone, nothing keeps another bridge from starting. */
const CLAIM_MS = 5_000;

/** Makes `.nanogent/` anew when it is removed, and tells of that and of a disk that takes nothing. */
export function watchState(options: StateFolderOptions): void {
  const { store, vault, tell, announce } = options;
  const remake = (): void => {
    claimFolder(options);
    vault.save();
  };
  store.onRemoved(remake, (error) => {
    const removed = "⚠️ .nanogent/ was removed while the bridge runs (git clean?)";
    if (error === undefined) return tell(`${removed}. It is made anew; files in it are gone.`);
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
    const lost = `${removed}, and cannot be made anew: ${reason}. What you send now waits at Telegram until it can.`;
    tell(lost);
    announce(lost);
  });
  store.onTrouble((trouble) => {
    tell(
      trouble === undefined
        ? "✅ The state can be written again. What was sent meanwhile follows."
        : `⚠️ The state cannot be written (${trouble}): is the disk full? What you send now waits at Telegram until there is room; nothing is lost.`,
    );
  });
}

/**
 * Shows from now on that the bridge lives: to other bridges, which must not start here, and to its own next life.
 * @returns a function that ends it.
 */
export function showLife(options: StateFolderOptions): () => void {
  const { store, clock, log } = options;
  // While prompts wait, the next life must be able to tell for how long nobody was there.
  const stopTouching = regularly(clock, TOUCH_MS, () => {
    if (store.openJobs.length > 0) void store.touch();
  });
  let claimed = true;
  const stopClaiming = regularly(clock, CLAIM_MS, () => {
    try {
      claimFolder(options);
      claimed = true;
    } catch (error) {
      if (claimed) log.error("lock not renewed", { error });
      claimed = false;
    }
  });
  return () => {
    stopTouching();
    stopClaiming();
  };
}

function claimFolder({ paths, claim, rewrite }: StateFolderOptions): void {
  prepareState(paths);
  claim();
  rewrite();
}

function regularly(clock: Clock, ms: number, act: () => void): () => void {
  let cancel: () => void;
  const wait = (): void => {
    cancel = clock.after(ms, () => {
      act();
      wait();
    });
  };
  wait();
  return () => cancel();
}
