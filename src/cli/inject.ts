import { bridgeOf } from "../control/find-bridge.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { pathOf, withBridge } from "./with-bridge.ts";

/** So long may an input wait for the ones before it, and for the program to take it. */
const ARRIVAL_MS = 600_000;

/** `nanogent inject KEY TEXT|-`: types a text into a terminal, and says whether it has arrived. */
export function inject({ words: [key, ...words], flags, values, around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    const retries = values.get("--submit-retry");
    if (key === undefined || words.length === 0 || (retries !== undefined && !/^\d{1,2}$/.test(retries))) {
      around.stderr.write("Say which one, and what: nanogent inject term-1 'npm test' --submit\n");
      return EXIT.usage;
    }
    const text = words.length === 1 && words[0] === "-" ? await all(around.stdin) : words.join(" ");
    const submit = flags.has("--submit-force") ? "force" : flags.has("--submit") || retries ? "yes" : "no";
    const { client } = bridgeOf(around.folder, around.env);
    await client.ask({
      ...{ method: "POST", path: pathOf("sessions", key, "/input"), withinMs: ARRIVAL_MS },
      body: {
        ...{ text, submit, share: flags.has("--ref") },
        ...(retries === undefined ? {} : { retries: Number(retries) }),
      },
    });
    return EXIT.done;
  });
}

async function all(stdin: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
