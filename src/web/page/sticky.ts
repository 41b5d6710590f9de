import type { Modifiers } from "../../terminal/key-bytes.ts";

export type StickyState = "off" | "once" | "locked";
export type StickyName = "ctrl" | "alt";

/** Ctrl and Alt for one finger: a tap holds it for the next key, a second one until the third. */
export interface Sticky {
  tap(name: StickyName): void;
  /** What the next key gets; what was held for one key is let go. */
  take(): Modifiers;
  readonly active: boolean;
}

const NEXT: Readonly<Record<StickyState, StickyState>> = { off: "once", once: "locked", locked: "off" };

/** @param changed is told each new state */
export function createSticky(changed: (name: StickyName, state: StickyState) => void): Sticky {
  const states: Record<StickyName, StickyState> = { ctrl: "off", alt: "off" };
  const set = (name: StickyName, state: StickyState): void => {
    if (states[name] === state) return;
    states[name] = state;
    changed(name, state);
  };
  return {
    tap: (name) => set(name, NEXT[states[name]]),
    take() {
      const taken = { ctrl: states.ctrl !== "off", alt: states.alt !== "off" };
      for (const name of ["ctrl", "alt"] as const) if (states[name] === "once") set(name, "off");
      return taken;
    },
    get active() {
      return states.ctrl !== "off" || states.alt !== "off";
    },
  };
}
