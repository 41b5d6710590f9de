import { BridgeError } from "../control/bridge-client.ts";
import { allBridges, bridgeOf, type FoundBridge } from "../control/find-bridge.ts";
import { clean } from "../text/clean.ts";
import { duration } from "../text/duration.ts";
import { type SessionRow, sessionsOf } from "./sessions.ts";
import { table } from "./table.ts";
import { EXIT, type VerbCall } from "./verb.ts";
import { withBridge } from "./with-bridge.ts";

const NONE = "No terminal is open. Open one: nanogent spawn\n";

/** `nanogent list`: the terminals of this project, or of all projects of this machine. */
export function list({ flags, around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    const { stdout, folder, env } = around;
    if (flags.has("--all")) {
      const bridges = await Promise.all(allBridges(env).map(look));
      stdout.write(
        flags.has("--json") ? `${JSON.stringify({ bridges: bridges.map(asJson) })}\n` : allText(bridges),
      );
      return EXIT.done;
    }
    const rows = await sessionsOf(bridgeOf(folder, env).client);
    if (flags.has("--json")) stdout.write(`${JSON.stringify({ sessions: rows.map(({ all }) => all) })}\n`);
    else stdout.write(rows.length === 0 ? NONE : sessionsText(rows));
    return EXIT.done;
  });
}

/** A table, as `attach` shows it too. */
export function sessionsText(rows: readonly SessionRow[], now = Date.now()): string {
  return table([
    ["ID", "NAME", "STATE", "OUTPUT", "VIEWERS", "RUNS"],
    ...rows.map(({ id, name, state, lastOutput, viewers, label }) => [
      ...[id, name === id ? "" : name, state],
      ...[`${duration(now - lastOutput)} ago`, String(viewers), label],
    ]),
  ]);
}

interface Looked {
  readonly bridge: FoundBridge;
  readonly rows?: readonly SessionRow[];
  /** Why it has none. */
  readonly fault?: string;
}

async function look(bridge: FoundBridge): Promise<Looked> {
  try {
    return { bridge, rows: await sessionsOf(bridge.client) };
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    return { bridge, fault: error.message };
  }
}

function asJson({ bridge: { name, folder, pid }, rows, fault }: Looked): object {
  return { name, folder, pid, ...(rows ? { sessions: rows.map(({ all }) => all) } : { fault }) };
}

function allText(bridges: readonly Looked[]): string {
  if (bridges.length === 0) return "No bridge runs on this machine. In a project's folder: nanogent start\n";
  return bridges
    .map(({ bridge: { name, folder }, rows, fault }) => {
      const shown = rows ? (rows.length === 0 ? "No terminal is open.\n" : sessionsText(rows)) : `${fault}\n`;
      return `${clean(`${name}  ${folder}`)}\n${shown.replace(/^(?=.)/gm, "  ")}`;
    })
    .join("\n");
}
