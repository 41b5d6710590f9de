import { createHash } from "node:crypto";
import { splitLines } from "../agents/lines.ts";
import { type AgentProcess, type ProcessExit, startProcess } from "../agents/process/process.ts";
import { endOrphans } from "../agents/process/tree.ts";
import { createBackoff } from "../backoff.ts";
import { type Clock, sleep } from "../clock.ts";
import type { TunnelName } from "../config-keys.ts";
import { clean } from "../text/clean.ts";
import { TUNNEL_PROGRAMS } from "./tunnel-programs.ts";

export interface TunnelOptions {
  readonly name: TunnelName;
  /** Of this machine, to which it is to lead. */
  readonly port: number;
  /** The project's folder, absolute. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach its environment. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** The address, whenever it changes; undefined as long as there is none. */
  readonly onUrl: (url: URL | undefined) => void;
  /** Once for each time that it fails, in a sentence for the chat; it is started again by itself. */
  readonly onFault: (fault: string) => void;
}

export interface Tunnel {
  /** Resolves when its program and all that it started is gone. */
  stop(): Promise<void>;
}

/** A tunnel that tells no address by then is started again. */
const ADDRESS_MS = 60_000;
/** One that held so long was in order: the next waiting time is short again. */
const HELD_MS = 60_000;
const LONGEST_LINE = 64 * 1024;

/** Starts the program of a tunnel, and starts it again whenever it ends, with growing waiting times. */
export function startTunnel(options: TunnelOptions): Tunnel {
  const { clock, folder, onUrl, onFault } = options;
  const ending = new AbortController();
  const backoff = createBackoff();
  // The same in each life of the bridge: what one that was killed has left is found by it.
  const mark = `tunnel-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`;
  let isDown = false;

  const supervise = async (): Promise<void> => {
    await endOrphans(undefined, mark);
    while (!ending.signal.aborted) {
      const startedAt = clock.monotonic();
      const fault = await runOnce(options, mark, ending.signal, (url) => {
        isDown = false;
        onUrl(url);
      });
      if (ending.signal.aborted) return;
      onUrl(undefined);
      if (clock.monotonic() - startedAt > HELD_MS) backoff.reset();
      // Trying in vain is no news.
      if (!isDown) onFault(fault);
      isDown = true;
      await sleep(clock, backoff.next(), ending.signal);
    }
  };
  const over = supervise();
  return {
    async stop() {
      ending.abort();
      await over;
    },
  };
}

/** Runs the program until it ends, or has to. @returns why there is no tunnel any more. */
async function runOnce(
  { name, port, folder, env, secrets, clock }: TunnelOptions,
  mark: string,
  signal: AbortSignal,
  onUrl: (url: URL) => void,
): Promise<string> {
  const { command, args, address, home } = TUNNEL_PROGRAMS[name];
  let known: string | undefined;
  let lastLine = "";
  const hear = (line: Buffer): void => {
    const text = clean(line.toString()).trim();
    if (text !== "") lastLine = text;
    const found = address.exec(text)?.[0];
    if (found === undefined || found === known) return;
    known = found;
    onUrl(new URL(found));
  };
  const lines = () => splitLines(hear, { maxBytes: LONGEST_LINE, onDropped: () => {} });
  const [stdout, stderr] = [lines(), lines()];
  const program: AgentProcess = startProcess({
    ...{ command, args: args(port), cwd: folder, env, secrets, jobId: mark },
    onStdout: stdout.push,
    onStderr: stderr.push,
  });
  // tailscale would ask there.
  program.closeStdin();
  const late = new Promise<undefined>((resolve) => {
    const cancel = clock.after(ADDRESS_MS, () => known === undefined && resolve(undefined));
    void program.exited.then(cancel);
  });
  const aborted = new Promise<undefined>((resolve) =>
    signal.addEventListener("abort", () => resolve(undefined), { once: true }),
  );
  const exit = await Promise.race([program.closed, late, aborted]);
  await program.end();
  return explain(exit, { name, home, lastLine });
}

function explain(
  exit: ProcessExit | undefined,
  { name, home, lastLine }: { name: TunnelName; home: string; lastLine: string },
): string {
  if (exit?.error?.code === "ENOENT")
    return `${name} is not installed here, so the page cannot be reached from elsewhere. It is at ${home}.`;
  const said = lastLine === "" ? "" : ` It said: ${lastLine.slice(0, 300)}`;
  if (!exit) return `${name} tells no address for the page; it is started again.${said}`;
  if (exit.error) return `${name} cannot be started (${exit.error.code}).`;
  return `${name} has ended (${exit.signal ?? `exit ${exit.code}`}), so the page cannot be reached from elsewhere; it is started again.${said}`;
}
