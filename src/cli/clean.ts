import { bridgeOf } from "../control/find-bridge.ts";
import { sessionsOf } from "./sessions.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { pathOf, withBridge } from "./with-bridge.ts";

/** `nanogent clean`: takes the terminals that have ended out of the list. */
export function clean({ around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    const { client } = bridgeOf(around.folder, around.env);
    const ended = (await sessionsOf(client)).filter(({ hasEnded }) => hasEnded);
    for (const { id } of ended) await client.ask({ method: "DELETE", path: pathOf("sessions", id) });
    around.stdout.write(
      ended.length === 0 ? "None has ended.\n" : `${ended.map(({ id }) => id).join(" ")}\n`,
    );
    return EXIT.done;
  });
}
