// Serves the page with one stand-in session, or the same output over a bare connection. Prints where as JSON; at the end of
// its stdin, by how much its memory has grown at its peak since the first key was typed.

import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { systemClock } from "../../../src/clock.ts";
import { silentLog } from "../../../src/log.ts";
import { keepHeapSmall } from "../../../src/small-heap.ts";
import type { TerminalSession, Viewer } from "../../../src/terminal/session.ts";
import { newLinkKey } from "../../../src/web/link-file.ts";
import { makeLink } from "../../../src/web/links.ts";
import { startServer } from "../../../src/web/server.ts";

keepHeapSmall();

const [, , way = "", bytes = ""] = process.argv;
const TOTAL = Number(bytes);
// As much as a program's output is read at once.
const BLOCK = Buffer.alloc(64 * 1024, "drwxr-xr-x 2 ada ada 4096 Jan 1 00:00 \x1b[34mfolder\x1b[0m\r\n");
const REMEMBERED = 256 * 1024;
/** Nobody could take more of it at once: what is measured is the way, not what is left out of it. */
const WINDOW = 3 * BLOCK.length;

let taken = 0;
let sent = 0;
let residentBefore = 0;
let residentPeak = 0;
let emit: (block: Buffer, position: number) => void = () => {};

/** Output goes on when the leading client says that it has had some. */
function take(keys: number): void {
  if (residentBefore === 0) residentBefore = process.memoryUsage.rss();
  // The first key only begins.
  taken += (sent === 0 ? keys - 1 : keys) * BLOCK.length;
  while (sent < TOTAL && sent - taken < WINDOW) {
    const position = sent;
    sent += BLOCK.length;
    emit(BLOCK, position);
  }
  residentPeak = Math.max(residentPeak, process.memoryUsage.rss());
}

const watchers = new Set<Viewer>();
const session: TerminalSession = {
  ...{ id: "term-1", name: "term-1", label: "bench", createdAt: 0, exit: undefined, title: "" },
  ...{ where: "host", command: undefined, columns: 80, rows: 24, lastOutput: 0, lastInput: 0 },
  get position() {
    return sent;
  },
  get viewers() {
    return watchers.size;
  },
  write: async (keys) => take(keys.length),
  resize: async () => {},
  snapshot: async () => ({ bytes: Buffer.alloc(100_000, "x"), position: sent, columns: 80, rows: 24 }),
  since(position) {
    const length = sent - position;
    return length > REMEMBERED ? undefined : Buffer.alloc(length, "x");
  },
  watch(viewer) {
    watchers.add(viewer);
    return () => void watchers.delete(viewer);
  },
  close: async () => {},
};

async function serve(): Promise<object> {
  if (way === "bare") {
    const server = createServer((socket) => {
      emit = (block) => void socket.write(block);
      socket.on("data", (keys) => take(keys.length));
      socket.on("error", () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { port: (server.address() as AddressInfo).port };
  }
  emit = (block, position) => {
    for (const watcher of watchers) watcher.output(block, position);
  };
  const linkKey = newLinkKey();
  const { port } = await startServer({
    ...{ port: undefined, botToken: "1:x", linkKey, clock: systemClock, log: silentLog },
    page: () => ({ bytes: Buffer.alloc(0), headers: {} }),
    publicUrl: () => undefined,
    needs: {
      sessions: {
        list: () => [session],
        get: () => session,
        open: async () => session,
        close: async () => {},
        rename: () => {},
        folderOf: async () => process.cwd(),
        hosts: async () => [],
        onChange: () => () => {},
      },
      bridge: () => ({ version: "1.0.0", folder: process.cwd(), pid: process.pid, startedAt: 0 }),
      status: () => ({ job: null, queue: [] }),
      jobs: () => [],
      cancelJob: async () => "no-job",
      stopJob: async () => "nothing-runs",
      roles: () => "owner",
      fileRules: () => ({ folder: process.cwd(), deny: [], secrets: [] }),
    },
  });
  return { port, links: [makeLink(linkKey, Date.now()), makeLink(linkKey, Date.now())] };
}

console.log(JSON.stringify(await serve()));
createInterface({ input: process.stdin }).on("close", () => {
  console.log(JSON.stringify({ grownBytes: residentPeak - residentBefore }));
  process.exit();
});
