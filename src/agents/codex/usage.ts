import type { Usage } from "../agent.ts";
import { asNumber, asObject, type JsonObject } from "../json.ts";

/**
 * Counts this turn's tokens. `thread/tokenUsage/updated` tells the sums of the whole thread after each answer of the model, and
 * what the last answer took; so the thread's sums before this turn are the first ones less that answer. The last answer with all that
 * the model read for it is what the context holds.
 */
export function turnUsage(): (params: JsonObject) => Partial<Usage> {
  let before: { input: number; output: number } | undefined;
  return (params) => {
    const usage = asObject(params.tokenUsage);
    const [total, last] = [tokens(usage.total), tokens(usage.last)];
    before ??= { input: total.input - last.input, output: total.output - last.output };
    const contextWindow = asNumber(usage.modelContextWindow);
    return {
      ...(contextWindow !== undefined && { contextTokens: last.input + last.output, contextWindow }),
      inputTokens: Math.max(0, total.input - before.input),
      outputTokens: Math.max(0, total.output - before.output),
    };
  };
}

/** The input counts what came from the cache as well, and the output what the model thought. */
function tokens(breakdown: unknown): { input: number; output: number } {
  const { inputTokens, outputTokens } = asObject(breakdown);
  return { input: asNumber(inputTokens) ?? 0, output: asNumber(outputTokens) ?? 0 };
}
