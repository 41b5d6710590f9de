import { asList, asNumber, asObject, asText, type JsonObject } from "../agents/json.ts";
import type { BridgeClient } from "../control/bridge-client.ts";

/** A session, as far as the command line needs it. */
export interface SessionRow {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly hasEnded: boolean;
  /** `running`, `ended`, `ended: code 1`. */
  readonly state: string;
  readonly viewers: number;
  /** Milliseconds since the epoch. */
  readonly lastOutput: number;
  /** All of it, as the bridge has said it. */
  readonly all: JsonObject;
}

/** How long a list may take: whoever asks several bridges must not wait for one that hangs. */
const LIST_MS = 5_000;

/** All that the bridge has in its list. @throws BridgeError */
export async function sessionsOf(client: BridgeClient): Promise<readonly SessionRow[]> {
  const { sessions } = await client.ask({ method: "GET", path: "/v1/sessions", withinMs: LIST_MS });
  return asList(sessions).map(readSession);
}

export function readSession(value: unknown): SessionRow {
  const all = asObject(value);
  const id = asText(all.id) ?? "";
  const hasEnded = all.state === "ended";
  const code = asNumber(asObject(all.exit).code);
  return {
    ...{ id, name: asText(all.name) ?? id, label: asText(all.label) ?? "", hasEnded, all },
    state: hasEnded ? (code === undefined ? "ended" : `ended: code ${code}`) : "running",
    viewers: asNumber(all.viewers) ?? 0,
    lastOutput: asNumber(all.lastOutput) ?? 0,
  };
}
