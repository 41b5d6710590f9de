import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { asObject, type JsonObject } from "../agents/json.ts";
import { shortenStrings } from "../agents/shorten-json.ts";
import { askBridge } from "../control/client.ts";
import { readHookFile } from "../terminal/claude/hook-files.ts";
import { EXIT, type VerbCall } from "./verb.ts";

/** Enough of a file's text for a person to decide on, in bytes. */
const LONGEST_TEXT = 8_192;
/** Claude Code must not wait for a bridge that hangs. */
const TELL_MS = 3_000;
/** A bridge that restarts is waited for, with pauses that grow. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;
const MOST_ABSENCE_MS = 86_400_000;

/** `nanogent hook`: hands over to the bridge what Claude Code tells by a hook, and hands back what was decided. */
export async function hook({ words: [path = ""], around }: VerbCall): Promise<number> {
  try {
    const event = await readEvent(around.stdin);
    // A Claude Code that was started elsewhere with the same settings speaks for itself.
    const isHere = around.env.NANOGENT_SESSION === readHookFile(path)?.session;
    const output = isHere ? await tell(path, event) : undefined;
    if (output !== undefined) around.stdout.write(`${JSON.stringify(output)}\n`);
  } catch {
    // Whatever is wrong here, Claude Code goes on as without it.
  }
  return EXIT.done;
}

async function readEvent(stdin: AsyncIterable<Buffer | string>): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return asObject(JSON.parse(shortenStrings(Buffer.concat(chunks), LONGEST_TEXT).toString()));
}

/** @returns what is to be printed. A request for permission waits until it is decided, or Claude Code ends it. */
async function tell(path: string, event: JsonObject): Promise<unknown> {
  const isAsking = event.hook_event_name === "PermissionRequest";
  const request = randomBytes(8).toString("hex");
  let again = false;
  let pauseMs = FIRST_PAUSE_MS;
  let reachedAt = performance.now();
  // Without the file the terminal has ended.
  for (let file = readHookFile(path); file !== undefined; file = readHookFile(path)) {
    const { socket, secret, session } = file;
    const began = performance.now();
    try {
      const { status, body: answer } = await askBridge({
        ...{ socket, method: "POST", path: `/v1/sessions/${session}/hooks`, token: secret },
        body: { request, again, event },
        ...(isAsking ? {} : { signal: AbortSignal.timeout(TELL_MS) }),
      });
      if (status < 500) return asObject(answer).output;
    } catch {
      if (performance.now() - began > LONGEST_PAUSE_MS) {
        // It was there, and held us for a while: the next one may come at once.
        reachedAt = performance.now();
        pauseMs = FIRST_PAUSE_MS;
      }
    }
    if (!isAsking || performance.now() - reachedAt > MOST_ABSENCE_MS) return undefined;
    again = true;
    await sleep(pauseMs);
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
  }
  return undefined;
}
