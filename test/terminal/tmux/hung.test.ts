import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { systemClock } from "../../../src/clock.ts";
import { BackendError } from "../../../src/terminal/pty.ts";
import { TerminalRegistry } from "../../../src/terminal/registry.ts";
import { TmuxServer } from "../../../src/terminal/tmux/server.ts";
import { within } from "../../../src/within.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { commandOf, processesWhere } from "../../fakes/processes.ts";
import { recordingLog } from "../../telegram/bot.ts";
import { until } from "../../web/until.ts";
import { has, shows } from "../held.ts";

const TMUX = { skip: !has("tmux") && "tmux is not installed" };
const { PATH } = process.env;

/** A project whose tmux can be made to hang in several ways, and the lives of its bridge. */
async function project(t: TestContext) {
  let server: TmuxServer | undefined;
  // Before its socket goes with the folder.
  t.after(async () => {
    signal("SIGCONT");
    await server?.command(["kill-server"]).catch(() => {});
  });
  const folder = await temporaryFolder(t);
  const [state, bin] = [join(folder, ".state"), join(folder, "bin")];
  for (const each of [state, bin]) mkdirSync(each);
  const statePath = join(state, "terminals.json");
  const wrap = (script: string) =>
    writeFileSync(join(bin, "tmux"), `#!/bin/sh\nPATH='${PATH}'\n${script}\nexec tmux "$@"\n`, {
      mode: 0o755,
    });
  wrap("");
  const env = { PATH: `${bin}:${PATH}`, HOME: folder, LANG: "C.UTF-8", TMUX_TMPDIR: state, SHELL: "/bin/sh" };
  const name = createHash("sha256").update(statePath).digest("hex").slice(0, 12);
  const own = new TmuxServer(`nanogent-${name}`, env);
  server = own;
  let pid = 0;
  function signal(name: NodeJS.Signals): void {
    if (pid > 0) process.kill(pid, name);
  }
  async function life(path = env.PATH) {
    const told = { ended: [] as string[], found: [] as string[], missing: [] as string[] };
    const registry = new TerminalRegistry({
      ...{ folder, statePath, keptPath: join(state, "kept"), clock: systemClock, log: recordingLog().log },
      env: () => ({ ...env, PATH: path }),
      hidden: () => [],
      redact: (text) => text,
      persist: () => "tmux",
      allowsHost: () => true,
      elsewhere: async () => Promise.reject(new BackendError("not here")),
      onEnd: async ({ session }) => told.ended.push(session.id),
      onBell() {},
      onFound: ({ session }) => told.found.push(session.id),
      onMissing: (records) => told.missing.push(...records.map(({ id }) => id)),
    });
    await registry.restore();
    t.after(() => registry.stop());
    return { registry, told };
  }
  return {
    ...{ folder, state, bin, wrap, signal, server: own, life },
    /** Those in the file for the next life. */
    saved: (): string[] =>
      JSON.parse(readFileSync(statePath, "utf8")).sessions.map(({ id }: { id: string }) => id),
    programs: () =>
      processesWhere((cwd) => cwd === folder).filter((each) => commandOf(each).startsWith("cat")),
    /** The server is there from now on. */
    async knowServer(): Promise<void> {
      pid = Number(await own.command(["display-message", "-p", "#{pid}"]));
      assert.ok(pid > 0);
    },
  };
}
type Project = Awaited<ReturnType<typeof project>>;

const SILENT: readonly (readonly [string, (at: Project) => void, (at: Project) => void])[] = [
  ["its server hangs", ({ signal }) => signal("SIGSTOP"), ({ signal }) => signal("SIGCONT")],
  ["it is not found", ({ bin }) => rmSync(join(bin, "tmux")), ({ wrap }) => wrap("")],
  [
    "its clients hang",
    ({ wrap }) => wrap('case "$*" in *" -C attach"*) exec sleep 1000;; esac'),
    ({ wrap }) => wrap(""),
  ],
];

// Each waits for a deadline for the most part.
describe("with a tmux that does not answer", { ...TMUX, concurrency: true }, () => {
  for (const [what, silence, cure] of SILENT)
    test(`a tmux that does not answer at the start costs no terminal: ${what}`, async (t) => {
      const at = await project(t);
      const first = await at.life();
      await first.registry.openSession({ command: "exec cat", name: "mine" });
      await until("the program runs", () => at.programs().length === 1);
      await at.knowServer();
      await first.registry.stop();
      silence(at);
      const before = performance.now();
      const { registry, told } = await at.life(at.bin);
      assert.ok(performance.now() - before < 8_000, "nobody waits for it for long");
      await until("it is said", () => told.missing.length > 0, 30_000);
      assert.deepEqual(told, { ended: [], found: [], missing: ["term-1"] });
      assert.deepEqual([registry.all.length, at.saved(), at.programs().length], [0, ["term-1"], 1]);
      await assert.rejects(registry.openSession({ name: "mine" }), /taken/);
      cure(at);
      await until("it is found", () => told.found.length > 0, 30_000);
      assert.deepEqual(told, { ended: [], found: ["term-1"], missing: ["term-1"] });
      const found = registry.find("mine");
      assert.ok(found);
      await found.session.write(Buffer.from("alive\r"));
      await shows(found.session, /alive\nalive/);
      await found.session.close();
      assert.deepEqual([told.ended, at.programs(), registry.left], [["term-1"], [], []]);
    });

  test("with a tmux that hangs a terminal can be closed and asked, and the bridge can end", async (t) => {
    const at = await project(t);
    const { registry, told } = await at.life();
    const [first, second] = [0, 1].map(() => registry.openSession({ command: "exec cat" }));
    assert.ok(first && second);
    const [{ session }, { session: other }] = await Promise.all([first, second]);
    await until("the programs run", () => at.programs().length === 2);
    await at.knowServer();
    at.signal("SIGSTOP");
    const asked = Promise.all([other.kept(), other.cwd()]);
    assert.ok(await within(session.close(), 12_000), "it closes");
    assert.deepEqual([session.exit?.reason, told.ended], ["It was closed.", ["term-1"]]);
    assert.equal(at.programs().length, 1);
    assert.ok(await within(asked, 15_000), "it is asked");
    assert.deepEqual(await asked, [undefined, undefined]);
    assert.ok(await within(registry.stop(), 3_500), "the bridge ends");
    assert.deepEqual(at.saved(), ["term-2"]);
    at.signal("SIGCONT");
    const next = await at.life();
    assert.deepEqual(next.told.found, ["term-2"]);
    assert.deepEqual(await at.server.sessions(), ["term-2"], "of the closed one nothing stays");
    await next.registry.find("term-2")?.session.close();
  });

  test("what tmux, or the file system, refuses is said, and leaves nothing", async (t) => {
    const at = await project(t);
    const { registry } = await at.life();
    const kept = await registry.openSession({ command: "exec cat" });
    at.wrap('case "$*" in *" -C attach"*) exit 1;; esac');
    await assert.rejects(registry.openSession({ command: "exec cat" }), {
      name: "BackendError",
      message: "tmux could not open a session: tmux has ended.",
    });
    const isGone = async () => (await at.server.sessions()).join() === "term-1";
    for (let tries = 0; !(await isGone()) && tries < 100; tries++);
    assert.ok(await isGone());
    at.wrap("");
    rmSync(join(at.state, "kept"), { recursive: true });
    writeFileSync(join(at.state, "kept"), "");
    await assert.rejects(registry.openSession({ command: "exec cat" }), { name: "BackendError" });
    await kept.session.close();
  });
});
