import { setTimeout as sleep } from "node:timers/promises";
import { hostBackend } from "../../src/terminal/host/host-pty.ts";
import { inject as injectInto } from "../../src/terminal/input/inject.ts";
import { lookAt } from "../../src/terminal/input/look.ts";
import { HeldSession } from "../../src/terminal/terminal-session.ts";
import { type Bench, interleave, monotonic, toRow } from "./measure.ts";
import { temporaryFolder } from "./workplace.ts";

const SIZE = { columns: 80, rows: 24 };
const REST_MS = 60;
const WORD = ": word";

/**
 * A text into a shell's line until it is seen on the screen, and with Enter until it is seen to have left the line; next to
 * bare bytes until the terminal gives the same back.
 */
export const inject: Bench = async ({ quick }) => {
  const session = await openShell();
  const clear = async (): Promise<void> => {
    await session.write(Buffer.from("\x15"));
    await until(session, (line) => line === "$ ");
    // A shell at rest is what is measured.
    await sleep(REST_MS);
  };
  const [shown = [], echoed = [], submitted = [], ran = []] = await interleave(quick ? 2 : 100, [
    () => timeOf(() => injected(session, "no")).finally(clear),
    () => timeOf(() => echo(session, WORD, WORD)).finally(clear),
    () => timeOf(() => injected(session, "yes")).finally(clear),
    () => timeOf(() => echo(session, `${WORD}\r`, "$ ")).finally(clear),
  ]);
  await session.close();
  return [
    toRow({
      ...{ bench: "inject", what: "to the screen", unit: "ms", values: shown },
      baseline: { what: "bytes to their echo", values: echoed },
      target: { of: "value", atMost: 5 },
    }),
    toRow({
      ...{ bench: "inject", what: "with Enter, confirmed", unit: "ms", values: submitted },
      baseline: { what: "bytes to the next prompt", values: ran },
      target: { of: "value", atMost: 150 },
    }),
  ];
};

async function openShell(): Promise<HeldSession> {
  const now = Date.now;
  const about = { id: "term-1", name: "term-1", label: "bash", where: "host", createdAt: now() };
  const session = new HeldSession({ ...about, ...SIZE, now });
  const folder = temporaryFolder();
  const pty = await hostBackend.open({
    ...{ command: ["bash", "--norc", "--noprofile"], cwd: folder, ...SIZE },
    env: { PATH: process.env.PATH, HOME: folder, LANG: "C.UTF-8", TERM: "xterm-256color", PS1: "$ " },
    mark: `bench-${process.pid}`,
    onData: (chunk) => session.output(chunk),
  });
  session.attach(pty);
  await until(session, (line) => line === "$ ");
  return session;
}

async function injected(session: HeldSession, submit: "no" | "yes"): Promise<void> {
  const outcome = await injectInto(session, { text: WORD, submit });
  if (!outcome.confirmed) throw new Error(`inject: ${outcome.reason}`);
}

/** Resolves with the output that ends so. */
async function echo(session: HeldSession, typed: string, end: string): Promise<void> {
  const { position } = session;
  const came = new Promise<void>((resolve) => {
    const stop = session.onOutput(() =>
      setImmediate(() => {
        if (
          !session
            .since(position)
            ?.toString()
            .replace(/\x1b\[\?2004[hl]/g, "")
            .endsWith(end)
        )
          return;
        stop();
        resolve();
      }),
    );
  });
  await session.write(Buffer.from(typed));
  await came;
}

async function until(session: HeldSession, fits: (line: string) => boolean): Promise<void> {
  while (!fits((await lookAt(session)).line)) await sleep(2);
}

async function timeOf(work: () => Promise<void>): Promise<number> {
  const began = monotonic();
  await work();
  return monotonic() - began;
}
