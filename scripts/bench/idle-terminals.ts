import { setTimeout as sleep } from "node:timers/promises";
import { coreUse } from "./core-use.ts";
import { type Bench, type Row, toRow } from "./measure.ts";
import { startTerminalBridge } from "./terminal-bridge.ts";

const SESSIONS = 30;
const SETTLE_MS = 3_000;
const MEASURED_MS = 20_000;
const ROUNDS = 3;

/** How much of one core a bridge uses for shells at their prompts; next to a bridge without any. Linux only. */
export const idleTerminals: Bench = async ({ quick }) => {
  if (process.platform !== "linux") return [];
  const [none, off, tmux] = [
    await startTerminalBridge("off"),
    await startTerminalBridge("off"),
    await startTerminalBridge("tmux"),
  ];
  for (let count = 0; count < (quick ? 2 : SESSIONS); count += 1)
    await Promise.all([off.open(), tmux.open()]);
  await sleep(quick ? 100 : SETTLE_MS);
  const tmuxPids = tmux.tmuxPids();
  if (tmuxPids.length === 0) throw new Error("idle: tmux does not run");
  const pids = [none.pid, off.pid, tmux.pid, ...tmuxPids];
  const uses: { none: number[]; off: number[]; tmux: number[]; itself: number[] } = {
    ...{ none: [], off: [], tmux: [], itself: [] },
  };
  for (let round = 0; round < (quick ? 1 : ROUNDS); round += 1) {
    const [first = 0, second = 0, third = 0, ...rest] = await coreUse(
      pids,
      quick ? 200 : MEASURED_MS / ROUNDS,
    );
    uses.none.push(first);
    uses.off.push(second);
    uses.tmux.push(third);
    uses.itself.push(rest.reduce((sum, use) => sum + use, 0));
  }
  await Promise.all([none, off, tmux].map((bridge) => bridge.stop()));
  const row = (what: string, values: readonly number[], atMost?: number): Row =>
    toRow({
      ...{ bench: "idle", what, unit: "% of a core", values },
      baseline: { what: "no session", values: uses.none },
      ...(atMost === undefined ? {} : { target: { of: "value", atMost } }),
    });
  return [
    row(`${SESSIONS} sessions`, uses.off, 0.5),
    row(`${SESSIONS} sessions in tmux`, uses.tmux, 0.5),
    row(`tmux itself, for ${SESSIONS}`, uses.itself),
  ];
};
