import { BridgeError } from "../control/bridge-client.ts";
import { clean } from "../text/clean.ts";
import { EXIT, type Surroundings } from "./verb.ts";

/** By the code of the error; all others are failures. */
const EXITS: Readonly<Record<string, number>> = {
  "no-bridge": EXIT.noBridge,
  "no-session": EXIT.notFound,
  "no-job": EXIT.notFound,
  "not-confirmed": EXIT.notConfirmed,
  "timed-out": EXIT.timedOut,
  "bad-name": EXIT.usage,
  "bad-request": EXIT.usage,
};
const HINTS: Readonly<Record<string, string>> = {
  "no-session": "Those that are there: nanogent list",
  "no-job": "Those that are there: nanogent jobs",
};

/** Runs what asks a bridge, and says what it could not do. @returns the exit code. */
export async function withBridge({ stderr }: Surroundings, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const { code, message, hint = HINTS[code] } = error;
    // What a bridge of another version says must not act on the terminal.
    stderr.write(`${clean([message, hint].filter(Boolean).join(" "))}\n`);
    return EXITS[code] ?? EXIT.failed;
  }
}

/** The path of what belongs to a session or a job. A key that can be none leads to nothing. */
export function pathOf(kind: "sessions" | "jobs", key: string, behind = ""): string {
  if (!/^[\w.-]{1,64}$/.test(key) || /^\.+$/.test(key))
    throw kind === "sessions"
      ? new BridgeError("no-session", "There is no such terminal.")
      : new BridgeError("no-job", "There is no such job.");
  return `/v1/${kind}/${key}${behind}`;
}
