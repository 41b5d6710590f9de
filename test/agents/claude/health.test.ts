import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { agentHealth, type HealthFinding, type HealthOptions } from "../../../src/agents/health.ts";
import { startModel } from "../../fakes/anthropic.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { claudeEnv, realClaude } from "../../fakes/real-claude.ts";
import { isGone, pidIn } from "../turns.ts";

const LOGIN =
  "Run `claude` in a terminal on that machine and type `/login`, or set a valid ANTHROPIC_API_KEY.";
const ROOT = process.getuid?.() === 0;
const IN = 'auth) echo \'{"loggedIn":true,"authMethod":"oauth_token"}\';;';

/** What is found with a program in the place of Claude Code that is this shell script, with a case for its first argument. */
async function healthWith(
  t: TestContext,
  cases: string,
  options: Partial<HealthOptions> = {},
): Promise<{ found: readonly HealthFinding[]; folder: string; binary: string }> {
  const folder = await temporaryFolder(t);
  const binary = join(folder, "claude");
  await writeFile(binary, `#!/bin/sh\ncase $1 in\n${cases}\nesac\n`);
  await chmod(binary, 0o755);
  const found = await agentHealth({ ...defaults(folder, binary), ...options });
  return { found, folder, binary };
}

function defaults(folder: string, binary: string): HealthOptions {
  return {
    ...{
      agent: "claude",
      codex: { binary: "codex" },
      claude: { binary },
      permissions: "ask",
      folder,
      env: { PATH: process.env.PATH },
    },
    ...{ secrets: [], deadlineMs: 5_000 },
  };
}

function lines(found: readonly HealthFinding[]): string[] {
  return found.map(({ name, state, words, fix }) => `${name} ${state}: ${words}${fix ? ` → ${fix}` : ""}`);
}

test("version and login are what the program says of itself", async (t) => {
  const version = "--version) echo '2.1.197 (Claude Code)';;\n";
  const here = "agent pass: Claude Code 2.1.197, BINARY";
  const unknown = "login skipped: It cannot be told whether Claude Code is logged in:";
  const anew = "→ Run it with --version in a terminal. If it does not work there either, install it anew.";
  const cases: [script: string, found: string[]][] = [
    [
      version + IN,
      [
        here,
        "login pass: Claude Code says that it is logged in by oauth_token. Only a prompt shows whether that is accepted.",
      ],
    ],
    [
      `${version}auth) echo '{"loggedIn":true,"authMethod":"api_key","apiKeySource":"ANTHROPIC_API_KEY"}';;`,
      [
        here,
        "login pass: Claude Code says that it is logged in by ANTHROPIC_API_KEY. Only a prompt shows whether that is accepted.",
      ],
    ],
    [
      `${version}auth) echo '{"loggedIn":false,"authMethod":"none"}'; exit 1;;`,
      [here, `login fail: Claude Code is not logged in. → ${LOGIN}`],
    ],
    [`${version}auth) echo yes;;`, [here, `${unknown} its answer is not understood.`]],
    [`${version}auth) echo '{}';;`, [here, `${unknown} its answer is not understood.`]],
    [
      "--version) echo '2.1.40 (Claude Code)';;\n*) touch prompted;;",
      ["agent pass: Claude Code 2.1.40, BINARY", `${unknown} it says so only from 2.1.41 on.`],
    ],
    [
      "--version) echo hello;;\n*) touch prompted;;",
      [
        `agent warning: BINARY does not tell a version. Is it Claude Code? ${anew}`,
        `${unknown} it says so only from 2.1.41 on.`,
      ],
    ],
    [
      "*) echo 'no such library' >&2; echo more >&2; exit 127;;",
      [`agent fail: Claude Code (BINARY) does not run: no such library ${anew}`],
    ],
    ["*) exit 3;;", [`agent fail: Claude Code (BINARY) does not run: exit code 3 ${anew}`]],
    ["*) kill -9 $$;;", [`agent fail: Claude Code (BINARY) does not run: SIGKILL ${anew}`]],
  ];
  for (const [script, expected] of cases) {
    const { found, folder, binary } = await healthWith(t, script);
    assert.deepEqual(
      lines(found),
      expected.map((line) => line.replace("BINARY", binary)),
      script,
    );
    await assert.rejects(chmod(join(folder, "prompted"), 0o600), { code: "ENOENT" });
  }
});

test("versions are compared by number", async (t) => {
  const cases: [version: string, asked: boolean][] = [
    ["1.9.99", false],
    ["2.0.99", false],
    ["2.1.9", false],
    ["2.1.41", true],
    ["2.1.100", true],
    ["2.2.0", true],
    ["3.0.0", true],
    ["10.0.0", true],
  ];
  for (const [version, asked] of cases) {
    const { found } = await healthWith(t, `--version) echo '${version} (Claude Code)';;\n${IN}`);
    assert.equal(found[1]?.state, asked ? "pass" : "skipped", version);
  }
});

test("a program that is not there is told with the way to get it", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "text"), "");
  await mkdir(join(folder, "bin"));
  const found = async (binary: string) => lines(await agentHealth(defaults(folder, binary)));
  assert.deepEqual(await found("no-claude-here"), [
    'agent fail: Claude Code was not found as "no-claude-here". → Install it with `npm install -g @anthropic-ai/claude-code`, or set NANOGENT_CLAUDE to the path of the program.',
  ]);
  assert.match((await found("./text"))[0] ?? "", /^agent fail: "\.\/text" cannot be executed\. → Install/);
  assert.match((await found("./bin"))[0] ?? "", /^agent fail: "\.\/bin" cannot be executed\. → Install/);
});

test("a name is found in PATH, as the start of the agent finds it", async (t) => {
  const { binary, folder } = await healthWith(t, "");
  await writeFile(binary, "#!/bin/sh\necho 2.1.0\n");
  const PATH = ["/nonexistent", folder, process.env.PATH].join(":");
  const [found] = await agentHealth({ ...defaults(folder, "claude"), env: { PATH } });
  assert.equal(found?.words, `Claude Code 2.1.0, ${binary}`);
});

test("a program that does not end is ended, with all that it started", async (t) => {
  const script = "*) sleep 600 & echo $! > child.pid; echo $$ > own.pid; trap '' TERM; wait;;";
  const { found, folder } = await healthWith(t, script, { deadlineMs: 500 });
  assert.match(
    lines(found).join(),
    /^agent fail: Claude Code \(.*\) does not tell its version in time\. → Run/,
  );
  for (const name of ["child.pid", "own.pid"]) assert.ok(await isGone(await pidIn(join(folder, name))));
});

test("as root, skipping permissions is told as the agent itself tells it", async (t) => {
  const script = `--version) echo 2.1.50;;\n${IN}`;
  const root = async (options: Partial<HealthOptions>) =>
    (await healthWith(t, script, options)).found.filter(({ name }) => name === "root");
  assert.deepEqual(await root({ permissions: "ask" }), []);
  assert.deepEqual(await root({ permissions: "skip", env: { PATH: process.env.PATH, IS_SANDBOX: "1" } }), []);
  const found = await root({ permissions: "skip" });
  assert.deepEqual(
    found.map(({ state, words }) => [state, words]),
    ROOT ? [["fail", "Claude Code does not skip permissions when it runs as root."]] : [],
  );
});

test("the bot’s token is not in the program’s environment", async (t) => {
  const env = { PATH: process.env.PATH, TELEGRAM_BOT_TOKEN: "x-secret", OTHER: "x-secret" };
  const script = "--version) if env | grep -q x-secret; then exit 9; else echo 2.1.0; fi;;";
  const { found } = await healthWith(t, script, { env, secrets: ["x-secret"] });
  assert.equal(found[0]?.state, "pass");
});

const real = await realClaude();

test("the real Claude Code tells its version and its login, and calls no model", {
  skip: "skip" in real && real.skip,
}, async (t) => {
  const folder = await temporaryFolder(t);
  const model = await startModel();
  t.after(() => model.close());
  const { ANTHROPIC_API_KEY, ...out } = claudeEnv(folder, model.url);
  const binary = "binary" in real ? real.binary : "";
  const found = async (env: NodeJS.ProcessEnv) =>
    lines(await agentHealth({ ...defaults(folder, binary), permissions: "skip", env }));
  const version = `agent pass: Claude Code 2.1.197, ${binary}`;
  assert.deepEqual(await found(out), [version, `login fail: Claude Code is not logged in. → ${LOGIN}`]);
  assert.deepEqual(await found({ ...out, ANTHROPIC_API_KEY }), [
    version,
    "login pass: Claude Code says that it is logged in by ANTHROPIC_API_KEY. Only a prompt shows whether that is accepted.",
  ]);
  assert.deepEqual(model.requests, []);
});
