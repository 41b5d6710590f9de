import { asList, asText } from "../agents/json.ts";
import { bridgeOf } from "../control/find-bridge.ts";
import { clean } from "../text/clean.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { pathOf, withBridge } from "./with-bridge.ts";

/** `nanogent read-screen KEY`: what a terminal shows, as text. */
export function readScreen({ words: [key], flags, values, around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    const lines = values.get("--lines");
    if (key === undefined || (lines !== undefined && !/^[1-9]\d{0,4}$/.test(lines))) {
      around.stderr.write("Say which one: nanogent read-screen term-1 --lines 100\n");
      return EXIT.usage;
    }
    const { client } = bridgeOf(around.folder, around.env);
    const query = lines === undefined ? "" : `?lines=${lines}`;
    const view = await client.ask({ method: "GET", path: pathOf("sessions", key, `/screen${query}`) });
    const shown = asList(view.lines).map((line) => `${clean(asText(line) ?? "")}\n`);
    around.stdout.write(flags.has("--json") ? `${JSON.stringify(view)}\n` : shown.join(""));
    return EXIT.done;
  });
}
