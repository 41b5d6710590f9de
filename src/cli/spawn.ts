import { resolve } from "node:path";
import { joinWords } from "../agents/codex/shell-words.ts";
import { asText } from "../agents/json.ts";
import { BridgeError } from "../control/bridge-client.ts";
import { bridgeOf, type FoundBridge } from "../control/find-bridge.ts";
import { startInBackground } from "./start-in-background.ts";
import { EXIT, type Surroundings, type VerbCall } from "./verb.ts";
import { withBridge } from "./with-bridge.ts";

/** `nanogent spawn [CMD...]`: opens a terminal, and prints its id. */
export function spawn({ flags, values, words, around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    const where = placeOf(flags, values);
    if (where === undefined) {
      around.stderr.write("Say one place: --host, --ssh NAME or --docker NAME.\n");
      return EXIT.usage;
    }
    const { client } = flags.has("--start")
      ? await bridgeAtHand(around)
      : bridgeOf(around.folder, around.env);
    const name = values.get("--id");
    const command = commandLine(words);
    const cwd = values.get("--cwd") ?? (where === "host" ? "." : undefined);
    const opened = await client.ask({
      ...{ method: "POST", path: "/v1/sessions" },
      body: {
        where,
        ...(command === "" ? {} : { command }),
        ...(name === undefined ? {} : { name }),
        ...(cwd === undefined ? {} : { cwd: resolve(around.folder, cwd) }),
      },
    });
    around.stdout.write(`${flags.has("--json") ? JSON.stringify(opened) : asText(opened.id)}\n`);
    return EXIT.done;
  });
}

/** As the API has it; undefined when there are several. */
function placeOf(flags: ReadonlySet<string>, values: ReadonlyMap<string, string>): string | undefined {
  const places = [
    ...(flags.has("--host") ? ["host"] : []),
    ...(["--ssh", "--docker"] as const).flatMap((flag) => {
      const name = values.get(flag);
      return name === undefined ? [] : [`${flag.slice(2)}:${name}`];
    }),
  ];
  return places.length > 1 ? undefined : (places[0] ?? "host");
}

/** One word is a line for the shell; several are run as they are. */
function commandLine(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? "") : joinWords(words);
}

/** The one that runs, or one that is started for it. @throws BridgeError */
async function bridgeAtHand(around: Surroundings): Promise<FoundBridge> {
  try {
    return bridgeOf(around.folder, around.env);
  } catch (error) {
    if (!(error instanceof BridgeError) || error.code !== "no-bridge") throw error;
    return startInBackground(around);
  }
}
