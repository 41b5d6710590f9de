import { bridgeOf } from "../control/find-bridge.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { pathOf, withBridge } from "./with-bridge.ts";

/** `nanogent close KEY...`: ends terminals, with all that runs in them. */
export function close({ words, around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    if (words.length === 0) {
      around.stderr.write("Say which one: nanogent close term-1\n");
      return EXIT.usage;
    }
    const { client } = bridgeOf(around.folder, around.env);
    for (const key of words) await client.ask({ method: "DELETE", path: pathOf("sessions", key) });
    return EXIT.done;
  });
}
