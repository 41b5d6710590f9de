import { asList, asNumber, asObject, asText } from "../agents/json.ts";
import { bridgeOf } from "../control/find-bridge.ts";
import { duration } from "../text/duration.ts";
import { table } from "./table.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { withBridge } from "./with-bridge.ts";

/** `nanogent jobs`: what the agent works on, and what waits. */
export function jobs({ flags, around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    const { client } = bridgeOf(around.folder, around.env);
    const found = asList((await client.ask({ method: "GET", path: "/v1/jobs" })).jobs);
    if (flags.has("--json")) around.stdout.write(`${JSON.stringify({ jobs: found })}\n`);
    else if (found.length === 0) around.stdout.write("Nothing is running and nothing waits.\n");
    else around.stdout.write(table([["JOB", "STATE", "FOR", "BY", "PROMPT"], ...found.map(rowOf)]));
    return EXIT.done;
  });
}

function rowOf(value: unknown): string[] {
  const { number, state, since, doing, by, title } = asObject(value);
  return [
    ...[String(asNumber(number) ?? ""), asText(doing) ?? asText(state) ?? ""],
    ...[duration(Date.now() - (asNumber(since) ?? 0)), asText(by) ?? "", asText(title) ?? ""],
  ];
}
