import type { Context, DaySum, SessionSum, Sum } from "../spending.ts";
import { type Guard, isNumber, isText, matching, optional, shape } from "./guard.ts";
import { isArgument } from "./job.ts";

// A sum that is no number, or below zero, would let everything through; one without bounds could not be written down.
export const isUse = (value: unknown): value is number => isNumber(value) && value >= 0 && value <= MOST_USED;
const MOST_USED = 1e12;
export const isDate = matching(/^-?\d{1,6}-\d\d-\d\d$/);
export const isContext = shape<Context>({ contextTokens: isUse, contextWindow: isUse });
const SUM = {
  turns: isUse,
  unpriced: isUse,
  costUsd: isUse,
  inputTokens: isUse,
  outputTokens: isUse,
} satisfies { [K in keyof Sum]: Guard<Sum[K]> };
export const isDaySum = shape<DaySum>({ ...SUM, day: isDate });
export const isSessionSum = shape<SessionSum>({
  ...SUM,
  agent: isText,
  sessionId: isArgument,
  context: optional(isContext),
});
