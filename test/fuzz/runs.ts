import type { TestContext } from "node:test";
import { type Mutator, mutator } from "./mutate.ts";

/** How the cases of a whole run are spread over the kinds, by what one of them costs. */
const SHARES = { lines: 0.5, presses: 0.2, updates: 0.2, journals: 0.1 } as const;

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env.FUZZ_RUNS ?? 100_000);

export interface Fuzz {
  readonly mutate: Mutator;
  /** How many cases of this kind are to be run. */
  readonly runs: number;
  /** What nobody has caught. A test that leaves something here has found a crash. */
  readonly uncaught: readonly unknown[];
}

/** Cases from `FUZZ_SEED` (a new one unless told, and printed), as many as are this kind's share of `FUZZ_RUNS`. */
export function fuzz(t: TestContext, kind: keyof typeof SHARES): Fuzz {
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  process.on("uncaughtException", note).on("unhandledRejection", note);
  t.after(() => process.off("uncaughtException", note).off("unhandledRejection", note));
  const runs = Math.ceil(RUNS * SHARES[kind]);
  t.diagnostic(`FUZZ_SEED=${SEED} FUZZ_RUNS=${RUNS}: ${runs} ${kind}`);
  return { mutate: mutator(SEED), runs, uncaught };
}

/** How often each reason was logged. */
export function count(tally: Map<string, number>, reason: string): void {
  tally.set(reason, (tally.get(reason) ?? 0) + 1);
}
