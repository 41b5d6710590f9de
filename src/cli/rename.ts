import { bridgeOf } from "../control/find-bridge.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { pathOf, withBridge } from "./with-bridge.ts";

/** `nanogent rename KEY NAME`: gives a terminal another name. */
export function rename({ words: [key, name], around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    if (key === undefined || name === undefined) {
      around.stderr.write("Say which one, and its new name: nanogent rename term-1 build\n");
      return EXIT.usage;
    }
    const { client } = bridgeOf(around.folder, around.env);
    await client.ask({ method: "POST", path: pathOf("sessions", key, "/name"), body: { name } });
    return EXIT.done;
  });
}
