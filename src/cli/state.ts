import { asText } from "../agents/json.ts";
import { bridgeOf } from "../control/find-bridge.ts";
import { clean } from "../text/clean.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { pathOf, withBridge } from "./with-bridge.ts";

/** `nanogent status KEY`: what a terminal is doing, and how that is known. */
export function state({ words: [key = ""], flags, around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    const { client } = bridgeOf(around.folder, around.env);
    const status = await client.ask({ method: "GET", path: pathOf("sessions", key, "/status") });
    const words = clean(`${asText(status.state)}: ${asText(status.evidence)}`);
    around.stdout.write(flags.has("--json") ? `${JSON.stringify(status)}\n` : `${words}\n`);
    return EXIT.done;
  });
}
