import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { type Bench, interleave, toRow } from "./measure.ts";
import { jsonOf, programPath, startProgram, temporaryFolder } from "./workplace.ts";

const MEGABYTE = 1e6;

interface Outcome {
  /** In MB/s, as the client saw it. */
  readonly speed: number;
  /** By how many MB the server's memory grew at its peak. */
  readonly grown: number;
}

/**
 * Output of a stand-in session on its way through the server and a web socket to a client in another process, next to a
 * bare connection between the two; and the same with a second viewer who has stopped reading.
 */
export const viewers: Bench = async ({ quick }) => {
  const server = await bundleServer();
  const [megabytes, long] = quick ? [5, 20] : [54, 500];
  const rounds = quick ? 1 : 5;
  const speed = (way: "bare" | "web") => async () =>
    (await run({ server, way, bytes: megabytes * MEGABYTE, stalled: false })).speed;
  const [bare = [], web = []] = await interleave(rounds, [speed("bare"), speed("web")]);
  const longRun = (stalled: boolean) => run({ server, way: "web", bytes: long * MEGABYTE, stalled });
  const [alone, beside] = [await longRun(false), await longRun(true)];
  return [
    toRow({
      ...{ bench: "viewers", what: `${megabytes} MB to a client`, unit: "MB/s", values: web },
      baseline: { what: "bare socket", values: bare },
      target: { of: "value", atLeast: 30 },
    }),
    toRow({
      ...{ bench: "viewers", what: "beside one who stopped reading", unit: "MB/s", values: [beside.speed] },
      baseline: { what: "alone", values: [alone.speed] },
    }),
    toRow({
      ...{ bench: "viewers", what: `memory for ${long} MB beside him`, unit: "MB", values: [beside.grown] },
      baseline: { what: "alone", values: [alone.grown] },
      target: { of: "value", atMost: 10 },
    }),
  ];
};

async function run(options: {
  readonly server: string;
  readonly way: "bare" | "web";
  readonly bytes: number;
  readonly stalled: boolean;
}): Promise<Outcome> {
  const { server, way, bytes, stalled } = options;
  const served = startProgram(process.execPath, [server, way, String(bytes)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: served.stdout ?? process.stdin })[Symbol.asyncIterator]();
  const next = async () => JSON.parse(String((await lines.next()).value));
  const { port, links = [] } = (await next()) as { port: number; links?: readonly string[] };
  const view = (how: string, link = "") =>
    startProgram(
      process.execPath,
      [programPath("view-terminal.mjs"), how, String(port), String(bytes), link],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
  const idle = stalled ? view("stalled", links[1]) : undefined;
  if (idle?.stdout) await once(idle.stdout, "data");
  const { ms, snapshots } = (await jsonOf(view(way, links[0]))) as { ms: number; snapshots: number };
  if (way === "web" && snapshots !== 1) throw new Error("the client was too slow for its own measure");
  served.stdin?.end();
  const { grownBytes } = (await next()) as { grownBytes: number };
  idle?.kill("SIGKILL");
  return { speed: bytes / MEGABYTE / (ms / 1000), grown: grownBytes / MEGABYTE };
}

/** The server as it runs in the product: plain JavaScript in one file. */
async function bundleServer(): Promise<string> {
  const outfile = join(temporaryFolder(), "serve-terminal.mjs");
  await build({
    entryPoints: [programPath("serve-terminal.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return outfile;
}
