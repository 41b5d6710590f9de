import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import test from "node:test";
import {
  folderName,
  readShellState,
  type ShellSession,
  sessionEnv,
} from "../../../src/agents/shell/session.ts";
import { shellAgent } from "../../../src/agents/shell/shell.ts";
import { inFolder, keepLog, watch } from "../turns.ts";

const FISH = ["/usr/bin/fish", "/opt/homebrew/bin/fish"].filter(existsSync);
const SHELLS = [
  "/bin/sh",
  "/bin/bash",
  "/bin/dash",
  "/bin/zsh",
  "/tmp/shx/root/bin/zsh",
  "/tmp/shx/ash",
].filter(existsSync);
// What only a shell of Bourne's kind that gives descriptors back, or keeps one open, can tell.
const KSH = ["/bin/ksh", "/bin/mksh"].filter(existsSync);

interface Setting {
  readonly dir: string;
  readonly shell: string;
  readonly env?: NodeJS.ProcessEnv;
}

function sessionIn({ dir, shell, env = { PATH: process.env.PATH, HOME: dir } }: Setting) {
  const session: ShellSession = { state: undefined };
  const agent = shellAgent({ env, secrets: ["the-token"], log: keepLog(), shell });
  return {
    session,
    env,
    start: (prompt: string) => watch(agent, { cwd: dir, prompt, shell: session }),
    async run(prompt: string) {
      const watched = watch(agent, { cwd: dir, prompt, shell: session, env: { NANOGENT_OUTBOX: "/out" } });
      const last = await watched.end();
      const { exitCode, folder } = last.kind === "done" ? last.usage : {};
      return { text: watched.text().trimEnd(), code: exitCode ?? last.kind, folder };
    },
  };
}

/** A look at what a command leaves: the folder, and the variable X. */
const LOOK = `echo "\${PWD##*/} \${X-none}"`;

const CASES: [name: string, commands: string[], look: string, code?: number][] = [
  ["a folder", ["cd sub"], "sub none"],
  ["a variable", ["export X=1"], "top 1"],
  ["one that is not exported", ["X=1"], "top none"],
  ["both, in two commands", ["cd sub", "export X='a b'"], "sub a b"],
  ["a variable taken out again", ["export X=1", "unset X"], "top none"],
  ["a value of several lines", ["export X='a\nb'; cd sub"], "sub a\nb"],
  ["a value with an equals sign, and an empty one", ["export X=a=b= Y="], "top a=b="],
  ["exit in the middle", ["cd sub; export X=1; exit 3; echo no"], "sub 1", 3],
  ["a failure", ["cd sub; false"], "sub none", 1],
  ["set -e", ["set -e; cd sub; false; echo no"], "sub none", 1],
  ["return", ["f() { cd sub; return 4; }; f"], "sub none", 4],
  ["a function that ends the shell", ["f() { cd sub; exit 5; }; f"], "sub none", 5],
  ["a subshell", ["(cd sub; export X=1; exit 2)"], "top none", 2],
  ["a folder that is not there", ["cd nowhere; :"], "top none"],
  ["a trap of its own", ["trap ': bye' EXIT; cd sub; false"], "sub none", 1],
  ["descriptors of its own", ["exec 3>three 4>four; cd sub; echo x >&3; exit 6"], "sub none", 6],
  ["its outputs elsewhere", ["exec >one 2>two; cd sub; exit 7"], "sub none", 7],
  ["odd settings", ["set -u; set -f; IFS=/; cd sub"], "sub none"],
  ["all variables exported", ["set -a; X=1"], "top 1"],
  ["something in the background", ["sleep 600 >bg 2>&1 & cd sub"], "sub none"],
  ["several lines", ["cd sub\n\nfor i in 1 2\ndo export X=$i\ndone\n"], "sub 2"],
  ["a way back", ["cd sub", "cd .."], "top none"],
  ["programs that are not found any more", ["export PATH=/nowhere; cd sub"], "sub none"],
];

for (const shell of SHELLS) {
  test(`${shell}: folder and environment last from one command to the next`, async () => {
    for (const [name, commands, look, code = 0] of CASES) {
      await inFolder(async (root) => {
        const dir = join(root, "top");
        await mkdir(join(dir, "sub"), { recursive: true });
        const { run } = sessionIn({ dir, shell });
        let last: Awaited<ReturnType<typeof run>> | undefined;
        for (const command of commands) last = await run(command);
        assert.equal(last?.code, code, name);
        assert.equal((await run(LOOK)).text, look, name);
        for (const file of ["three", "four", "one", "two"].map((each) => join(dir, each))) {
          const text = existsSync(file) ? await readFile(file, "utf8") : "";
          assert.doesNotMatch(text, /PATH/, `${name}: the environment in a file of the command`);
        }
      });
    }
  });

  test(`${shell}: what the session adds is not seen`, () =>
    inFolder(async (dir) => {
      await mkdir(join(dir, "sub"));
      const { run } = sessionIn({ dir, shell });
      const cases: [command: string, text: string | RegExp, code?: number][] = [
        ["echo one; echo two >&2; cd sub; echo three", "one\ntwo\nthree"],
        ["trap 'echo bye $?' EXIT; exit 4", "bye 4", 4],
        ["set -x; cd .; exit 3", /^(?!.*(env|printf|pwd|told))/s, 3],
        ["set -x; cd .", /^(?!.*(env|printf|pwd|told))/s],
        ["env", /^(?!.*nanogent_)/s],
      ];
      for (const [command, text, code = 0] of cases) {
        const found = await run(command);
        assert.equal(found.code, code, command);
        if (typeof text === "string") assert.equal(found.text, text);
        else assert.match(found.text, text);
      }
    }));
}

test("what cannot be told leaves the session as it was", async () => {
  for (const shell of SHELLS) {
    await inFolder(async (dir) => {
      await mkdir(join(dir, "sub"));
      const { run } = sessionIn({ dir, shell });
      await run("cd sub; export X=1");
      const lost = ["trap : EXIT; cd /; exit 3", "cd /; exec sh -c 'exit 4'", "cd /; kill -9 $$", "cd /; if"];
      for (const command of lost) {
        const { code } = await run(command);
        assert.notEqual(code, 0, command);
        assert.equal((await run(LOOK)).text, "sub 1", `${shell}: ${command}`);
      }
    });
  }
});

test("a command that is stopped leaves the session as it was", () =>
  inFolder(async (dir) => {
    await mkdir(join(dir, "sub"));
    const { start, run } = sessionIn({ dir, shell: "/bin/sh" });
    const watched = start("cd sub; export X=1; echo there; sleep 600");
    await watched.until("text");
    await watched.turn.cancel();
    assert.equal((await watched.end()).kind, "cancelled");
    assert.equal((await run(LOOK)).text, `${basename(dir)} none`);
  }));

test("the chat is told where the shell is, when it is not the project's folder", () =>
  inFolder(async (dir) => {
    await mkdir(join(dir, "a/b"), { recursive: true });
    await symlink("a", join(dir, "link"));
    const { run } = sessionIn({ dir, shell: "/bin/sh" });
    const cases: [command: string, folder: string | undefined][] = [
      ["true", undefined],
      ["cd a/b", "a/b"],
      ["cd /", "/"],
      ["ls >/dev/null", "/"],
      [`cd '${dir}'`, undefined],
      ["cd link", "link"],
      ["cd b", "link/b"],
    ];
    for (const [command, folder] of cases) assert.equal((await run(command)).folder, folder, command);
    assert.equal(folderName("/p/..x", "/p"), "..x");
    assert.equal(folderName("/px", "/p"), "/px");
  }));

test("a folder that is gone: back to the project, with a word", () =>
  inFolder(async (dir) => {
    const gone = join(dir, "sub");
    await mkdir(gone);
    const { run } = sessionIn({ dir, shell: "/bin/sh" });
    await run("cd sub; export X=1");
    await rm(gone, { recursive: true });
    const { text, folder } = await run('pwd; echo "$X"');
    assert.equal(text, `${gone} is gone: back in the project's folder.\n${dir}\n1`);
    assert.equal(folder, undefined);
    assert.equal((await run("pwd")).text, dir);
  }));

test("secrets come and go with the bridge's environment, and the bot's token never comes", () =>
  inFolder(async (dir) => {
    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      HOME: dir,
      KEY: "first",
      TELEGRAM_BOT_TOKEN: "x",
    };
    const { run } = sessionIn({ dir, shell: "/bin/sh", env });
    const look = async () =>
      (await run('echo "$KEY|$TELEGRAM_BOT_TOKEN|$COPY|$NANOGENT_OUTBOX|$NANOGENT_MORE"')).text;
    await run("export COPY=the-token TELEGRAM_BOT_TOKEN=the-token NANOGENT_OUTBOX=/mine NANOGENT_MORE=1");
    assert.equal(await look(), "first|||/out|");
    env.KEY = "second";
    assert.equal(await look(), "second|||/out|");
    delete env.KEY;
    assert.equal(await look(), "|||/out|");
  }));

test("an environment without `env -0`", () =>
  inFolder(async (dir) => {
    await writeFile(join(dir, "env"), "#!/bin/sh\necho usage >&2\nexit 1\n", { mode: 0o755 });
    await mkdir(join(dir, "sub"));
    for (const shell of SHELLS) {
      const { run } = sessionIn({ dir, shell, env: { PATH: `${dir}:${process.env.PATH}` } });
      await run("cd sub; export X='a b'; exit 3");
      assert.equal((await run(LOOK)).text, "sub a b", shell);
    }
  }));

test("what a command leaves running does not keep the pipe of the session", () =>
  inFolder(async (dir) => {
    for (const shell of SHELLS.filter((each) => !each.endsWith("zsh"))) {
      const { run } = sessionIn({ dir, shell });
      const open = await run(
        "for fd in /proc/self/fd/* /dev/fd/*; do [ -e $fd ] || continue; basename $fd; done",
      );
      const numbers = open.text.split("\n").map(Number);
      assert.deepEqual(
        [...new Set(numbers)].filter((each) => each === 3 || each === 198),
        [],
        shell,
      );
    }
  }));

test("a shell of another kind", async () => {
  for (const shell of FISH) {
    await inFolder(async (dir) => {
      await mkdir(join(dir, "sub"));
      const { run } = sessionIn({ dir, shell });
      assert.equal((await run("cd sub; set -gx X 1; exit 3")).code, 3);
      assert.equal((await run('pwd; echo "$X"')).text, `${join(dir, "sub")}\n1`);
    });
  }
  for (const shell of KSH) {
    await inFolder(async (dir) => {
      await mkdir(join(dir, "sub"));
      const { run } = sessionIn({ dir, shell });
      await run("cd sub; export X=1");
      await run("exec 3>three; cd /; exit 3");
      assert.equal((await run(LOOK)).text, "sub 1");
      assert.doesNotMatch(await readFile(join(dir, "sub/three"), "utf8"), /PATH/);
    });
  }
});

test("what a shell has told is read only when it is whole", () => {
  const base = { A: "1", B: "2", PWD: "/x" };
  const cases: [told: string, folder: string | undefined, changes?: [string, string | null][]][] = [
    ["", undefined],
    ["/f\n", undefined],
    ["/f\n\0A=1\0", undefined],
    ["/f\0A=1\0\0", undefined],
    ["f\n\0A=1\0\0", undefined],
    ["/f\n\0A=1\0B=2\0\0", "/f", []],
    ["/f\n\n\0A=1\0B=2\0\0", "/f\n", []],
    [
      "/f\n\0A=1\0C=\0\0rest",
      "/f",
      [
        ["C", ""],
        ["B", null],
      ],
    ],
    ["/f\n\0A=1\0B=2\0PWD=/f\0SHLVL=2\0_=x\0nanogent_told=1\0NANOGENT_JOB=j\0TELEGRAM_X=1\0\0", "/f", []],
    ["/f\n\0odd\0=x\0A=1\0B=2\0\0", "/f", []],
    [
      "/f\n\0\0",
      "/f",
      [
        ["A", null],
        ["B", null],
      ],
    ],
  ];
  for (const [told, folder, changes = []] of cases) {
    const state = readShellState(Buffer.from(told), base);
    assert.equal(state?.folder, folder, told);
    assert.deepEqual([...(state?.changes ?? [])], changes, told);
  }
  const changes = new Map([
    ["A", null],
    ["C", "3"],
  ]);
  assert.deepEqual(sessionEnv(base, { folder: "/f", changes }), { B: "2", PWD: "/x", C: "3" });
});
