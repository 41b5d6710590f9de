import { randomUUID } from "node:crypto";
import type { Model } from "../agent.ts";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { briefly } from "./briefly.ts";
import type { CodexOptions } from "./codex.ts";

const ANSWER_MS = 10_000;
/** Far more than there are; a list without an end must not go on for ever. */
const MOST_PAGES = 20;

/** The models that Codex offers (`model/list`), without those that it hides. Empty when it cannot be asked. */
export async function askModels(options: CodexOptions, cwd: string): Promise<readonly Model[]> {
  const models: Model[] = [];
  const where = { ...options, cwd, jobId: `models-${randomUUID()}` };
  await briefly(where, ANSWER_MS, async (call) => {
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { data, nextCursor } = await call("model/list", cursor === undefined ? {} : { cursor });
      models.push(...asList(data).flatMap((entry) => readModel(asObject(entry))));
      cursor = asText(nextCursor);
      if (cursor === undefined) return;
    }
  }).catch((error: unknown) => options.log.warn("models not known", { error }));
  return models;
}

function readModel(entry: JsonObject): readonly Model[] {
  const id = asText(entry.model) ?? asText(entry.id);
  if (id === undefined || entry.hidden === true) return [];
  const description = asText(entry.description);
  const efforts = asList(entry.supportedReasoningEfforts)
    .map((each) => asText(asObject(each).reasoningEffort))
    .filter((effort) => effort !== undefined);
  return [{ id, name: asText(entry.displayName) ?? id, ...(description && { description }), efforts }];
}
