import { BRIEFING } from "../briefing.ts";
import { asObject, asText, type JsonObject } from "../json.ts";

/**
 * The developer instructions of a thread: the briefing, and what the user's own configuration has there, in whose place
 * they come.
 * @returns nothing when that cannot be read.
 */
export async function developerInstructions(
  call: (method: string, params: JsonObject) => Promise<JsonObject>,
  cwd: string,
): Promise<string | undefined> {
  try {
    const { config } = await call("config/read", { includeLayers: false, cwd });
    const own = asText(asObject(config).developer_instructions) ?? "";
    return [BRIEFING, own].filter((text) => text !== "").join("\n\n");
  } catch {
    // A version that does not know it: better without ours than without the user's.
    return undefined;
  }
}
