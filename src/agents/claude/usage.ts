import type { Usage } from "../agent.ts";
import { asNumber, asObject, type JsonObject } from "../json.ts";

/**
 * Counts a turn's tokens as the model's stream tells them: the input with a message's start, the output with its end.
 * Returns the sums after the end of a message, undefined for every other event.
 */
export function streamUsage(): (event: JsonObject) => Partial<Usage> | undefined {
  let inputTokens = 0;
  let outputTokens = 0;
  return (event) => {
    if (event.type === "message_start") inputTokens += allInput(asObject(asObject(event.message).usage));
    if (event.type !== "message_delta") return undefined;
    outputTokens += asNumber(asObject(event.usage).output_tokens) ?? 0;
    return { inputTokens, outputTokens };
  };
}

/**
 * What the whole turn used. The program counts the cost from its own start: `costBefore` is what it had come to before
 * this turn, in US dollars.
 */
export function resultUsage(result: JsonObject, elapsedMs: number, costBefore: number): Usage {
  const usage = asObject(result.usage);
  const turns = asNumber(result.num_turns);
  const costUsd = asNumber(result.total_cost_usd);
  const outputTokens = asNumber(usage.output_tokens);
  return {
    durationMs: asNumber(result.duration_ms) ?? Math.round(elapsedMs),
    ...(turns !== undefined && { turns }),
    ...(costUsd !== undefined && { costUsd: Math.max(0, costUsd - costBefore) }),
    ...(usage.input_tokens !== undefined && { inputTokens: allInput(usage) }),
    ...(outputTokens !== undefined && { outputTokens }),
  };
}

/** Of several turns that count as one. The later cost has the earlier in it. */
export function addUsage(before: Usage | undefined, next: Usage): Usage {
  if (!before) return next;
  const sum = (field: "turns" | "inputTokens" | "outputTokens"): Partial<Usage> =>
    next[field] === undefined ? {} : { [field]: (before[field] ?? 0) + next[field] };
  return {
    ...next,
    durationMs: before.durationMs + next.durationMs,
    ...sum("turns"),
    ...sum("inputTokens"),
    ...sum("outputTokens"),
  };
}

/** What the model read, cached or not. */
export function allInput(usage: JsonObject): number {
  return ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"].reduce(
    (sum, field) => sum + (asNumber(usage[field]) ?? 0),
    0,
  );
}
