import type { Usage } from "../agents/agent.ts";
import type { Ending } from "../chat/turn-view.ts";
import { localDay, type SpendingRecord } from "../spending.ts";
import type { LastEvent } from "./job-turn.ts";

/**
 * What is written down of the use that a turn made of its model; undefined when it made none, as a shell does.
 * @param now Milliseconds since the epoch.
 */
export function spentBy(
  ending: Ending,
  whose: { readonly id: string; readonly agent: string; readonly sessionId: string | undefined },
  now: number,
): SpendingRecord | undefined {
  const { costUsd, inputTokens, outputTokens, contextTokens, contextWindow }: Partial<Usage> =
    ending.usage ?? {};
  if (costUsd === undefined && inputTokens === undefined && outputTokens === undefined) return undefined;
  const { id, agent, sessionId } = whose;
  return {
    ...{ k: "spent", id, day: localDay(now), agent },
    ...(sessionId !== undefined && { sessionId }),
    ...(costUsd !== undefined && { costUsd }),
    ...(inputTokens !== undefined && { inputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(contextTokens !== undefined && contextWindow !== undefined
      ? { context: { contextTokens, contextWindow } }
      : {}),
  };
}

/** The end of a turn, with what the tries before its last one have cost. */
export function withEarlier(last: LastEvent, earlier: Partial<Usage> | undefined): LastEvent {
  if (!earlier) return last;
  const sum = (field: "costUsd" | "inputTokens" | "outputTokens"): Partial<Usage> => {
    const [before, now] = [earlier[field], last.usage?.[field]];
    return before === undefined && now === undefined ? {} : { [field]: (before ?? 0) + (now ?? 0) };
  };
  const sums = { ...sum("costUsd"), ...sum("inputTokens"), ...sum("outputTokens") };
  if (last.kind === "done") return { ...last, usage: { ...last.usage, ...sums } };
  return { ...last, usage: { ...last.usage, ...sums } };
}
