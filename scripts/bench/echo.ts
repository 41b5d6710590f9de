import { type Bench, percentile, toRow } from "./measure.ts";
import { startTerminalBridge } from "./terminal-bridge.ts";
import { jsonOf, programPath, startProgram } from "./workplace.ts";

const COMMAND = "echo ready; exec cat";
const WAYS = ["script", "off", "tmux"] as const;

/** From a key press at a client of the page to its echo there, next to the same through a terminal of `script`. */
export const echo: Bench = async ({ quick }) => {
  const [presses, rounds] = quick ? [20, 1] : [100, 4];
  const bridges = { off: await startTerminalBridge("off"), tmux: await startTerminalBridge("tmux") };
  const values: Record<(typeof WAYS)[number], number[]> = { script: [], off: [], tmux: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const way of WAYS) {
      const words = way === "script" ? ["script", COMMAND] : await bridges[way].open(COMMAND);
      const client = startProgram(process.execPath, [programPath("echo.mjs"), String(presses), ...words], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      values[way].push(...((await jsonOf(client)) as number[]));
    }
  }
  await Promise.all([bridges.off.stop(), bridges.tmux.stop()]);
  const slowest = (times: readonly number[]): number[] => [percentile(times, 99)];
  return (["off", "tmux"] as const).flatMap((way) => {
    const where = way === "tmux" ? ", in tmux" : "";
    const common = { bench: "echo", unit: "ms" };
    return [
      toRow({
        ...{ ...common, what: `key to its echo${where}`, values: values[way] },
        baseline: { what: "script", values: values.script },
        target: { of: "value", atMost: 3 },
      }),
      toRow({
        ...{ ...common, what: `the slowest of a hundred${where}`, values: slowest(values[way]) },
        baseline: { what: "script", values: slowest(values.script) },
        target: { of: "value", atMost: 10 },
      }),
    ];
  });
};
