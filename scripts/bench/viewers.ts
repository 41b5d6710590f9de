import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bench, interleave, toRow } from "./measure.ts";
import { residentMegabytes } from "./resident.ts";
import { flood, startTerminalBridge } from "./terminal-bridge.ts";
import { programPath, startProgram, temporaryFolder } from "./workplace.ts";

const LINE = "drwxr-xr-x  2 ada ada  4096 Jan  1 00:00 \x1b[01;34ma folder\x1b[0m";
const FILES = 10;
const SAMPLE_MS = 20;

/**
 * Much output for one viewer, alone and beside another one who has stopped reading: how fast it is for the first one, and
 * what the bridge holds for the other one. Linux only.
 */
export const viewers: Bench = async ({ quick }) => {
  if (process.platform !== "linux") return [];
  const megabytes = quick ? 20 : 500;
  const lines = Math.ceil((megabytes * 1e6) / FILES / (LINE.length + 2));
  const file = join(temporaryFolder(), "listing");
  writeFileSync(file, `${LINE}\n`.repeat(lines));
  const bytes = lines * (LINE.length + 2) * FILES;
  // What is remembered of the output, and what V8 makes of the code, is there before it is measured.
  const warm = `cat '${file}' '${file}'; sleep 1; echo ready; read key`;
  const command = `${warm}; cat ${Array(FILES).fill(`'${file}'`).join(" ")}`;
  const bridge = await startTerminalBridge("off");
  const grown: Record<"alone" | "beside", number[]> = { alone: [], beside: [] };
  const run = (how: keyof typeof grown) => async (): Promise<number> => {
    const words = await bridge.open(command);
    const stalled = startProgram(process.execPath, [programPath("stall.mjs"), ...words], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (stalled.stdout) await once(stalled.stdout, "data");
    if (how === "alone") stalled.kill();
    const peak = watchPeak(bridge.pid);
    const { speed } = await flood(bytes, words);
    grown[how].push(peak());
    stalled.kill();
    return speed;
  };
  const [alone = [], beside = []] = await interleave(quick ? 1 : 2, [run("alone"), run("beside")]);
  await bridge.stop();
  return [
    toRow({
      ...{
        bench: "viewers",
        what: `${megabytes} MB beside one who reads nothing`,
        unit: "MB/s",
        values: beside,
      },
      baseline: { what: "alone", values: alone },
    }),
    toRow({
      ...{ bench: "viewers", what: "how it grows meanwhile", unit: "MB", values: grown.beside.slice(1) },
      baseline: { what: "alone", values: grown.alone.slice(1) },
      target: { of: "value", atMost: 10 },
    }),
  ];
};

/** @returns what ends it, and tells by how many MB the process has grown at its peak since it began. */
function watchPeak(pid: number): () => number {
  const before = residentMegabytes(pid);
  let most = before;
  const look = (): void => {
    most = Math.max(most, residentMegabytes(pid));
  };
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    look();
    return most - before;
  };
}
