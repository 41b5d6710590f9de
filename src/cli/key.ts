import { bridgeOf } from "../control/find-bridge.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { pathOf, withBridge } from "./with-bridge.ts";

/** `nanogent key KEY NAME...`: presses keys in a terminal. */
export function key({ words: [session, ...keys], around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    if (session === undefined || keys.length === 0) {
      around.stderr.write("Say which one, and the keys: nanogent key term-1 C-c Up Enter\n");
      return EXIT.usage;
    }
    const { client } = bridgeOf(around.folder, around.env);
    await client.ask({ method: "POST", path: pathOf("sessions", session, "/keys"), body: { keys } });
    return EXIT.done;
  });
}
