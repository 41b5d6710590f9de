import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { codexAgent } from "../../../src/agents/codex/codex.ts";
import { watch } from "../turns.ts";
import { onStage, REAL } from "./stage.ts";

const READ = 'require("node:fs").writeFileSync("env.json", JSON.stringify(process.env));';
const GIVEN = { GIVEN_TOKEN: "plum-4711", GIVEN_TOO: 'quotes " and\n$lines' };
const POLICIES: readonly [
  what: string,
  config: string,
  others: Readonly<Record<string, string | undefined>>,
][] = [
  ["all", "", { OTHER: "1" }],
  [
    "little",
    '[shell_environment_policy]\ninherit = "core"\n[shell_environment_policy.set]\nOWN = "1"',
    { OTHER: undefined, OWN: "1" },
  ],
];

for (const [what, config, others] of POLICIES) {
  test(
    `real: commands that inherit ${what} have what was given for them, which is in no argument and no file`,
    REAL,
    () =>
      onStage(
        async ({ options, model, cwd, home }) => {
          const env = { ...options.env, ...GIVEN, HIDDEN: "bot-token", OTHER: "1" };
          const given = () => [...Object.keys(GIVEN), "HIDDEN", "NOT_THERE"];
          const agent = codexAgent({ ...options, env, secrets: ["bot-token"], given });
          await writeFile(join(cwd, "read.cjs"), READ);
          const cmd = `${process.execPath} read.cjs; tr '\\0' ' ' < /proc/$PPID/cmdline > args`;
          let session: { readonly sessionId?: string } = {};
          for (const jobId of ["first", "resumed"]) {
            model.reply({ tool: "exec_command", input: { cmd } });
            model.reply({ text: "Read." });
            const more = { NANOGENT_OUTBOX: `/out/${jobId}` };
            const watched = watch(agent, { cwd, permissions: "skip", env: more, jobId, ...session });
            const { sessionId } = await watched.until("session");
            session = { sessionId };
            assert.equal((await watched.end()).kind, "done");
            const found = JSON.parse(await readFile(join(cwd, "env.json"), "utf8"));
            const expected = { ...GIVEN, ...more, ...others, NANOGENT_JOB: jobId, HIDDEN: undefined };
            for (const [name, value] of Object.entries(expected)) assert.equal(found[name], value, name);
            assert.doesNotMatch(await readFile(join(cwd, "args"), "utf8"), /plum|GIVEN/);
          }
          for (const name of await readdir(home, { recursive: true })) {
            const content = await readFile(join(home, name)).catch(() => "");
            assert.ok(!content.includes("plum-4711"), name);
          }
        },
        { config },
      ),
  );
}
