import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bench, interleave, type Row, toRow } from "./measure.ts";
import { endTmux, flood, startTerminalBridge } from "./terminal-bridge.ts";
import { temporaryFolder } from "./workplace.ts";

const LINES = {
  plain: "drwxr-xr-x  2 ada ada  4096 Jan  1 00:00 a folder with a name",
  coloured: "drwxr-xr-x  2 ada ada  4096 Jan  1 00:00 \x1b[01;34ma folder\x1b[0m",
};

/**
 * A listing on its whole way from a program's terminal to a client of the page, as text and with colours; next to the
 * same terminal, and the same tmux, with somebody at the other end who only counts.
 */
export const terminalFlood: Bench = async ({ quick }) => {
  const megabytes = quick ? 2 : 54;
  const off = await startTerminalBridge("off");
  const tmux = await startTerminalBridge("tmux");
  const folder = temporaryFolder();
  const rows: Row[] = [];
  for (const [kind, line] of Object.entries(LINES)) {
    const file = join(folder, kind);
    // A terminal makes two characters of a line's end.
    const lines = Math.ceil((megabytes * 1e6) / (line.length + 2));
    writeFileSync(file, `${line}\n`.repeat(lines));
    const command = `echo ready; read key; cat '${file}'`;
    const bytes = lines * (line.length + 2);
    const ways = [
      async () => ["script", command],
      () => off.open(command),
      async () => {
        const sockets = temporaryFolder();
        process.on("exit", () => endTmux(sockets));
        return ["tmux", join(sockets, "nanogent-bare"), `${command}; sleep 60`];
      },
      () => tmux.open(command),
    ];
    const [script = [], web = [], bareTmux = [], throughTmux = []] = await interleave(
      quick ? 1 : 3,
      ways.map((way) => async () => (await flood(bytes, await way())).speed),
    );
    const common = { bench: "flood", unit: "MB/s", baseline: { what: "script, counted", values: script } };
    const target = { of: "value", atLeast: 30 } as const;
    rows.push(
      toRow({ ...common, what: `${megabytes} MB, ${kind}`, values: web, target }),
      toRow({ ...common, what: `${kind}, tmux alone`, values: bareTmux }),
      toRow({ ...common, what: `${kind}, in tmux`, values: throughTmux }),
    );
  }
  await Promise.all([off.stop(), tmux.stop()]);
  return rows;
};
