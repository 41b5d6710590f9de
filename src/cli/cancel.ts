import { asList, asObject, asText } from "../agents/json.ts";
import { BridgeError } from "../control/bridge-client.ts";
import { bridgeOf } from "../control/find-bridge.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { pathOf, withBridge } from "./with-bridge.ts";

/** `nanogent cancel [JOB | all]`: stops a job, or removes one that waits. */
export function cancel({ words: [wanted], around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    const { client } = bridgeOf(around.folder, around.env);
    const known = asList((await client.ask({ method: "GET", path: "/v1/jobs" })).jobs).map(asObject);
    const running = known.filter(({ state }) => state === "running");
    if (wanted === undefined && running.length > 1) {
      around.stderr.write(
        "More than one runs. Say which one: nanogent jobs lists them, nanogent cancel 12\n",
      );
      return EXIT.usage;
    }
    // What waits goes first: it must not start when its turn comes.
    const all = wanted === "all" ? known.toReversed() : running;
    const keys = wanted === undefined || wanted === "all" ? all.map(({ id }) => asText(id) ?? "") : [wanted];
    if (keys.length === 0) throw new BridgeError("no-job", "Nothing is running.", "");
    for (const key of keys)
      await client.ask({ method: "DELETE", path: pathOf("jobs", key.replace(/^#/, "")) });
    return EXIT.done;
  });
}
