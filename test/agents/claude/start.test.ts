import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import type { PermissionMode, TurnRequest } from "../../../src/agents/agent.ts";
import { BRIEFING } from "../../../src/agents/briefing.ts";
import { claudeAgent } from "../../../src/agents/claude/claude.ts";
import { SESSION, starts, success } from "../../fakes/claude-cli.ts";
import { fakeAgent, inFolder, keepLog, play, watch } from "../turns.ts";

const USER = { expect: { type: "user" } };

test("arguments: one object a line both ways, the session by its id, the mode", () =>
  inFolder(async (dir) => {
    const stream =
      "-p --output-format stream-json --input-format stream-json --verbose --include-partial-messages --replay-user-messages --permission-prompt-tool stdio";
    const cases: [request: Partial<TurnRequest>, args: string][] = [
      [{}, `${stream} --permission-mode default`],
      [{ permissions: "skip" }, `${stream} --dangerously-skip-permissions`],
      [{ permissions: "edits", model: "opus" }, `${stream} --model opus --permission-mode acceptEdits`],
      [{ permissions: "plan", sessionId: SESSION }, `${stream} --resume ${SESSION} --permission-mode plan`],
      [
        { effort: "high", rules: ["Edit", "Bash(ls *)"] },
        `${stream} --effort high --allowedTools Edit Bash(ls *) --permission-mode default`,
      ],
    ];
    for (const [request] of cases) await play(dir, [USER, success("ok")], request);
    const seen = (await starts(dir)).map((start) => start.args.join(" "));
    assert.deepEqual(
      seen,
      cases.map(([, args]) => `${args} --append-system-prompt ${BRIEFING}`),
    );
  }));

test("started in the folder, with more arguments, without secrets", () =>
  inFolder(async (dir) => {
    const { binary } = await agentParts(dir);
    const env = { PATH: process.env.PATH, TELEGRAM_BOT_TOKEN: "1:x", COPY: "1:x", KEPT: "yes" };
    const agent = claudeAgent({ binary, args: ["--add-dir", "/x y"], env, secrets: ["1:x"], log: keepLog() });
    await watch(agent, { cwd: dir, jobId: "job-9" }).end();
    const [start] = await starts(dir);
    assert.deepEqual(start?.args.slice(-2), ["--add-dir", "/x y"]);
    assert.equal(start?.cwd, dir);
    const { KEPT, COPY, TELEGRAM_BOT_TOKEN, NANOGENT_JOB } = start?.env ?? {};
    assert.deepEqual([KEPT, COPY, TELEGRAM_BOT_TOKEN, NANOGENT_JOB], ["yes", undefined, undefined, "job-9"]);
  }));

const PROMPTS: [name: string, prompt: string, arrives?: string][] = [
  ["one that looks like a flag", "--version"],
  ["a dash alone", "-"],
  ["one over 128 KiB", `begin ${"글".repeat(100_000)} end`],
  ["several lines", "one\n\r\ntwo\n"],
  ["quotes and backslashes", `"\\" '$(echo x)' \`y\``],
  ["the Unicode line ends", "a\u2028b\u2029c\u0085d"],
  ["a NUL", "a\0b", "ab"],
  ["half a surrogate pair", "a\ud83db"],
  ["nothing", ""],
];

test("failure 16: any prompt arrives as it was written", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [USER, success("ok")]);
    for (const [, prompt] of PROMPTS) await watch(agent, { cwd: dir, prompt }).end();
    const prompts = (await starts(dir)).map(({ input }) => {
      const message = input.find((one) => one.type === "user")?.message as { content: string } | undefined;
      return message?.content;
    });
    assert.deepEqual(
      prompts,
      PROMPTS.map(([, prompt, arrives]) => arrives ?? prompt),
    );
  }));

test("as root, skipping permissions needs a sandbox", () =>
  inFolder(async (dir) => {
    const { binary } = await agentParts(dir);
    const cases: [uid: number, sandbox: string | undefined, permissions: PermissionMode, kind: string][] = [
      [0, undefined, "skip", "failed"],
      [0, "0", "skip", "failed"],
      [0, "1", "skip", "done"],
      [0, undefined, "ask", "done"],
      [1_000, undefined, "skip", "done"],
    ];
    for (const [uid, sandbox, permissions, kind] of cases) {
      const env = { PATH: process.env.PATH, ...(sandbox && { IS_SANDBOX: sandbox }) };
      const agent = claudeAgent({ binary, args: [], env, secrets: [], log: keepLog() });
      const last = await asUser(uid, () => watch(agent, { cwd: dir, permissions })).end();
      assert.equal(last.kind, kind, `${uid} ${sandbox} ${permissions}`);
      if (last.kind !== "failed") continue;
      assert.equal(last.failure.code, "config");
      assert.match(last.failure.hint ?? "", /IS_SANDBOX=1/);
      assert.match(last.failure.hint ?? "", /NANOGENT_PERMISSIONS=ask/);
    }
    assert.equal((await starts(dir)).length, 3, "nothing is started in vain");
  }));

function asUser<T>(uid: number, act: () => T): T {
  const { getuid } = process;
  Object.assign(process, { getuid: () => uid });
  try {
    return act();
  } finally {
    Object.assign(process, { getuid });
  }
}

async function agentParts(dir: string): Promise<{ binary: string }> {
  await fakeAgent(dir, [USER, success("ok")]);
  await writeFile(join(dir, "claude.log"), "");
  return { binary: join(dir, "claude") };
}
