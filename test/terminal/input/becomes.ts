import { setTimeout as sleep } from "node:timers/promises";
import { type State, type Status, statusOf } from "../../../src/terminal/input/status.ts";
import type { HeldSession } from "../../../src/terminal/terminal-session.ts";

/** Resolves with the evidence as soon as a session is in that state. */
export async function becomes(session: HeldSession, state: State): Promise<string> {
  let status: Status | undefined;
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(30)) {
    status = await statusOf(session);
    if (status.state === state) return status.evidence;
  }
  throw new Error(`It does not become ${state}, but is ${status?.state}: ${status?.evidence}`);
}
