import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import test from "node:test";
import { codexHealth } from "../../../src/agents/codex/health.ts";
import type { HealthFinding } from "../../../src/agents/health.ts";
import { inFolder } from "../turns.ts";
import { onStage, REAL } from "./stage.ts";

const LOGIN =
  "Run `codex login` in a terminal on that machine, or give it a valid key for its model provider.";
const ANEW = "Run it with --version in a terminal. If it does not work there either, install it anew.";
const VERSION = "--version) echo 'codex-cli 0.169.0';;\n";

function lines(found: readonly HealthFinding[]): string[] {
  return found.map(({ name, state, words, fix }) => `${name} ${state}: ${words}${fix ? ` → ${fix}` : ""}`);
}

/** A case of a shell script that answers `initialize` and `account/read`. */
function server(account: string): string {
  const answers = ['{"id":1,"result":{}}', `{"id":2,"result":${account}}`].map(
    (answer) => `echo '${answer}'`,
  );
  return `app-server) read a; ${answers[0]}; read b; read c; ${answers[1]}; read d;;`;
}

test("version and login are what the program says of itself", () =>
  inFolder(async (folder) => {
    const here = "agent pass: Codex 0.169.0, BINARY";
    const unknown = "login skipped: It cannot be told whether Codex is logged in:";
    const loggedIn = (by: string) =>
      `login pass: Codex says that it is logged in by ${by}. Only a prompt shows whether that is accepted.`;
    const cases: [script: string, found: string[]][] = [
      [
        VERSION + server('{"account":{"type":"apiKey"},"requiresOpenaiAuth":true}'),
        [here, loggedIn("an API key")],
      ],
      [
        VERSION + server('{"account":{"type":"chatgpt"},"requiresOpenaiAuth":true}'),
        [here, loggedIn("ChatGPT")],
      ],
      [
        VERSION + server('{"account":null,"requiresOpenaiAuth":true}'),
        [here, `login fail: Codex is not logged in. → ${LOGIN}`],
      ],
      [
        VERSION + server('{"account":null,"requiresOpenaiAuth":false}'),
        [here, "login pass: Codex uses a model provider of its own, without a login."],
      ],
      [VERSION + server("{}"), [here, `${unknown} its answer is not understood.`]],
      [`${VERSION}app-server) exit 2;;`, [here, `${unknown} the program has ended.`]],
      [
        "--version) echo hello;;",
        [
          `agent warning: BINARY does not tell a version. Is it Codex? → ${ANEW}`,
          `${unknown} the program has ended.`,
        ],
      ],
      [
        "*) echo 'no such library' >&2; exit 127;;",
        [`agent fail: Codex (BINARY) does not run: no such library → ${ANEW}`],
      ],
      ["--version) sleep 60;;", [`agent fail: Codex (BINARY) does not tell its version in time. → ${ANEW}`]],
    ];
    for (const [script, expected] of cases) {
      const binary = join(folder, "codex");
      await writeFile(binary, `#!/bin/sh\ncase $1 in\n${script}\nesac\n`);
      await chmod(binary, 0o755);
      const deadlineMs = script.includes("sleep") ? 300 : 5_000;
      const env = { PATH: process.env.PATH };
      const found = await codexHealth({ codex: { binary }, folder, env, secrets: [], deadlineMs });
      assert.deepEqual(
        lines(found),
        expected.map((line) => line.replaceAll("BINARY", binary)),
        script,
      );
    }
  }));

test("a program that is not there", () =>
  inFolder(async (folder) => {
    const binary = "codex-that-is-not-there";
    const found = await codexHealth({ codex: { binary }, folder, env: {}, secrets: [], deadlineMs: 5_000 });
    assert.deepEqual(lines(found), [
      `agent fail: Codex was not found as "${binary}". → Install it with \`npm install -g @openai/codex\`, or set NANOGENT_CODEX to the path of the program.`,
    ]);
  }));

test("real: version and login", REAL, () =>
  onStage(async ({ options, cwd, home }) => {
    const { env, binary } = options;
    const place = { ...env, PATH: `${dirname(binary)}:${env.PATH}` };
    const ask = async () =>
      lines(
        await codexHealth({
          ...{ codex: { binary: "codex" }, folder: cwd, env: place, secrets: [], deadlineMs: 10_000 },
        }),
      );
    const version = `agent pass: Codex 0.169.0, ${binary}`;
    assert.deepEqual(await ask(), [
      version,
      "login pass: Codex uses a model provider of its own, without a login.",
    ]);
    await writeFile(join(home, "config.toml"), "");
    assert.deepEqual(await ask(), [version, `login fail: Codex is not logged in. → ${LOGIN}`]);
    await writeFile(join(home, "auth.json"), JSON.stringify({ OPENAI_API_KEY: "sk-test-0123456789" }));
    assert.match((await ask())[1] ?? "", /^login pass: Codex says that it is logged in by an API key\./);
  }),
);
