import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openHostPty } from "../../src/terminal/host/host-pty.ts";
import { WAYS } from "../../src/terminal/host/launch.ts";
import { findNodePty, type NodePty, openNodePty } from "../../src/terminal/host/node-pty.ts";
import { openPipedPty } from "../../src/terminal/host/piped-pty.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { commandOf, processesWhere } from "../fakes/processes.ts";
import { BASH, has, held, linesOf, shows } from "./held.ts";

const PROGRAMS = { script: "script", python: "python3" } as const;

for (const way of WAYS) {
  const options = { skip: !has(PROGRAMS[way]) && `${PROGRAMS[way]} is not installed` };

  test(
    `${way}: the program has a terminal of the right size, that echoes, and follows it`,
    options,
    async (t) => {
      const session = await held(t, BASH, { way, columns: 99, rows: 31 });
      await shows(session, /\$ $/);
      await session.write(Buffer.from("stty size; tty; echo $TERM\r"));
      await shows(session, /^\$ stty size; tty; echo \$TERM\n31 99\n\/dev\/\S+\nxterm-256color\n\$/m);
      await Promise.all([session.resize(50, 10), session.resize(61, 20)]);
      await session.write(Buffer.from("stty size\r"));
      await shows(session, /^20 61$/m);
      assert.deepEqual([session.columns, session.rows], [61, 20]);
      await session.write(Buffer.from("clear; printf '\\033[38;5;200mpi\\033[1;48;2;1;2;3mnk\\033[m\\n'\r"));
      await shows(session, /^pink$/m);
      const line = session.screen.terminal.buffer.active.getLine(0);
      const looks = [0, 2].map((column) => {
        const cell = line?.getCell(column);
        return [cell?.getFgColor(), cell?.isBgRGB() && cell.getBgColor(), Boolean(cell?.isBold())];
      });
      assert.deepEqual(looks, [
        [200, false, false],
        [200, 0x010203, true],
      ]);
    },
  );

  test(`${way}: the folder of the program in front is known`, options, async (t) => {
    const session = await held(t, BASH, { way });
    await shows(session, /\$ $/);
    const until = async (folder: string): Promise<void> => {
      for (let tries = 0; tries < 500 && (await session.cwd()) !== folder; tries++) await sleep(20);
      assert.equal(await session.cwd(), folder);
    };
    await session.write(Buffer.from("cd /usr\r"));
    await until("/usr");
    await session.write(Buffer.from("(cd /usr/bin; exec sleep 60)\r"));
    await until("/usr/bin");
    // Its leader ends at once, the others of the pipe go on.
    await session.write(Buffer.from("\x03cd /dev; true | sleep 60\r"));
    await until("/dev");
    await session.close();
    assert.equal(await session.cwd(), undefined);
  });

  test(`${way}: how the program ends is told after its last output`, options, async (t) => {
    const cases: readonly [string, object, string][] = [
      ["seq 1 20000; exit 7", { code: 7 }, "20000"],
      ["printf last", { code: 0 }, "last"],
      ["kill -9 $$", { code: 137, signal: "SIGKILL", reason: "It was ended by SIGKILL." }, ""],
      ["no-such-program", { code: 127 }, "no-such-program"],
      ["sleep 1000 & echo left", { code: 0 }, "left"],
    ];
    for (const [command, exit, last] of cases) {
      const session = await held(t, ["bash", "-c", command], { way });
      assert.deepEqual(await session.ended, exit, command);
      assert.match(linesOf(session.screen.terminal).at(-1) ?? "", new RegExp(last), command);
      await assert.rejects(session.write(Buffer.from("late")), /has ended/);
      await session.close();
    }
  });

  test(
    `${way}: 20 writers at the same time give 20 whole lines, a large paste arrives, and signals reach the program`,
    options,
    async (t) => {
      const folder = await temporaryFolder(t);
      const session = await held(t, ["bash", "-c", "stty -echo -icanon; echo ready; exec cat > got"], {
        way,
        cwd: folder,
      });
      await shows(session, /^ready$/m);
      const lines = Array.from({ length: 20 }, (_, index) => `${index}-${"x".repeat(5_000)}\n`);
      const large = "0123456789abcde\n".repeat(20_000);
      await Promise.all([...lines, large].map((line) => session.write(Buffer.from(line))));
      const sent = lines.join("") + large;
      const got = join(folder, "got");
      for (let tries = 0; statSync(got).size < sent.length && tries < 100; tries++) await sleep(50);
      await session.write(Buffer.from([3]));
      assert.equal((await session.ended).signal, "SIGINT");
      assert.ok(
        readFileSync(got, "utf8") === sent,
        `${statSync(got).size} of ${sent.length} bytes, or in disorder`,
      );
    },
  );

  test(`${way}: closing ends all that it started, also what does not want to`, options, async (t) => {
    const folder = await temporaryFolder(t);
    const session = await held(t, ["bash", "-c", "trap '' HUP TERM; setsid sleep 1000 & cat"], {
      way,
      cwd: folder,
    });
    const mine = (): number[] => processesWhere((cwd) => cwd === folder);
    for (let tries = 0; mine().length < 3 && tries < 100; tries++) await sleep(50);
    await session.close();
    assert.deepEqual(mine().map(commandOf), []);
    assert.deepEqual(session.exit?.reason, "It was closed.");
  });

  test(`${way}: while nobody reads, the program waits, and nothing is lost`, options, async (t) => {
    let bytes = 0;
    const pty = await openPipedPty(way, {
      command: ["sh", "-c", "stty -opost; head -c 8000000 /dev/zero; exit 3"],
      cwd: "/",
      env: { PATH: process.env.PATH },
      columns: 80,
      rows: 24,
      mark: `test-${process.pid}-paused-${way}`,
      onData: (chunk) => {
        bytes += chunk.length;
      },
    });
    t.after(() => pty.kill());
    pty.pause?.();
    await sleep(500);
    const held = bytes;
    await sleep(300);
    assert.equal(bytes, held);
    assert.ok(bytes < 2_000_000, `${bytes} bytes in spite of the pause`);
    pty.resume?.();
    assert.deepEqual(await pty.exited, { code: 3 });
    assert.equal(bytes, 8_000_000);
  });
}

test("without a command it is the user's shell, as at a login", async (t) => {
  const session = await held(t, [], { env: { SHELL: "/bin/bash" } });
  await session.write(Buffer.from("shopt -q login_shell && echo it is $SHELL\r"));
  await shows(session, /^it is \/bin\/bash$/m);
});

test("a folder that is not there, and a machine without any way, are told", async (t) => {
  const request = { command: ["true"], columns: 80, rows: 24, mark: "none", onData() {} };
  const missing = join(await temporaryFolder(t), "gone");
  await assert.rejects(openHostPty({ ...request, cwd: missing, env: {} }), /There is no folder/);
  const { PATH } = process.env;
  process.env.PATH = missing;
  t.after(() => {
    process.env.PATH = PATH;
  });
  if (await findNodePty()) return t.skip("node-pty is installed");
  await assert.rejects(
    openHostPty({ ...request, cwd: "/", env: { PATH: missing } }),
    /nothing that opens a terminal/,
  );
});

test("node-pty: the same with the package", async (t) => {
  const nodePty = await findNodePty();
  if (!nodePty) return t.skip("node-pty is not installed");
  const chunks: Buffer[] = [];
  const pty = openNodePty(nodePty, {
    command: ["sh", "-c", "stty size; read x; exit 5"],
    cwd: "/",
    env: { PATH: process.env.PATH },
    columns: 99,
    rows: 31,
    mark: `test-${process.pid}-node-pty`,
    onData: (chunk) => chunks.push(chunk),
  });
  await pty.write(Buffer.from("\r"));
  assert.equal((await pty.exited).code, 5);
  assert.match(Buffer.concat(chunks).toString(), /31 99/);
});

test("node-pty: what is asked of the package, and what its ends mean", async () => {
  let end: (exit: { exitCode: number; signal?: number }) => void = () => {};
  const asked: unknown[] = [];
  const child = {
    pid: 2 ** 22 + 1,
    onData: (listener: (chunk: string) => void) => listener("hé"),
    onExit: (listener: typeof end) => {
      end = listener;
    },
    write: (data: Buffer | string) => asked.push(["write", data.toString()]),
    resize: (...size: number[]) => asked.push(["resize", ...size]),
    pause: () => asked.push("pause"),
    resume: () => asked.push("resume"),
  };
  const fake: NodePty = {
    spawn(file, args, { cols, rows, encoding, env }) {
      asked.push([file, ...args, cols, rows, encoding, env.NANOGENT_JOB]);
      return child;
    },
  };
  const got: string[] = [];
  const open = () =>
    openNodePty(fake, {
      command: ["vim", "a b"],
      cwd: "/",
      env: {},
      columns: 70,
      rows: 20,
      mark: "m",
      onData: (chunk) => got.push(chunk.toString()),
    });
  const pty = open();
  await pty.write(Buffer.from("é"));
  await pty.resize(3, 4);
  pty.pause?.();
  end({ exitCode: 0, signal: 9 });
  assert.deepEqual(await pty.exited, {
    code: undefined,
    signal: "SIGKILL",
    reason: "It was ended by SIGKILL.",
  });
  await assert.rejects(pty.write(Buffer.from("late")), /has ended/);
  assert.deepEqual(asked, [["vim", "a b", 70, 20, null, "m"], ["write", "é"], ["resize", 3, 4], "pause"]);
  const other = open();
  end({ exitCode: 4 });
  assert.deepEqual(await other.exited, { code: 4 });
  assert.deepEqual(got, ["hé", "hé"]);
});
