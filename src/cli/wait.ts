import { asText } from "../agents/json.ts";
import { bridgeOf } from "../control/find-bridge.ts";
import { clean } from "../text/clean.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { pathOf, withBridge } from "./with-bridge.ts";

const USUAL_S = 60;
/** The bridge says itself when it is too late. */
const SPARE_MS = 10_000;

/** `nanogent wait KEY`: returns when a terminal is idle, has ended, or shows a text. */
export function wait({ words: [key], flags, values, around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    const seconds = Number(values.get("--timeout") ?? USUAL_S);
    const what = values.get("--for") ?? "idle";
    const text = values.get("--text");
    const isKnown = text === undefined ? ["idle", "exit"].includes(what) : values.get("--for") === undefined;
    if (key === undefined || !isKnown || !(seconds >= 0)) {
      around.stderr.write("Say which one, and for what: nanogent wait term-1 --for idle --timeout 60\n");
      return EXIT.usage;
    }
    const { client } = bridgeOf(around.folder, around.env);
    const view = await client.ask({
      ...{ method: "POST", path: pathOf("sessions", key, "/wait") },
      withinMs: 1_000 * seconds + SPARE_MS,
      body: {
        ...(text === undefined ? { for: what } : { for: "text", text }),
        timeoutMs: 1_000 * seconds,
      },
    });
    const words = clean(`${asText(view.state)}: ${asText(view.evidence)}`);
    around.stdout.write(flags.has("--json") ? `${JSON.stringify(view)}\n` : `${words}\n`);
    return EXIT.done;
  });
}
