import assert from "node:assert/strict";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import {
  answer,
  canUseTool,
  fakeClaude,
  init,
  type Scenario,
  type Step,
  streamed,
  success,
  toolResult,
  toolUse,
} from "../fakes/claude-cli.ts";
import { asks, completed, delta, fakeCodex, opened, refusal, result } from "../fakes/codex-cli.ts";
import { fromBot } from "./chats.ts";
import { OWNER, project } from "./project.ts";

/** A bot with a scripted program that can less than nanogent expects. */
async function lesser(t: TestContext, agent: "claude" | "codex", script: Scenario | readonly Step[]) {
  const { api, folder, start } = await project(t, {
    env: {
      TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
      NANOGENT_AGENT: agent,
      NANOGENT_PERMISSIONS: "ask",
      NANOGENT_CLAUDE: "./claude",
      NANOGENT_CODEX: "./claude",
    },
  });
  if (agent === "claude") await fakeClaude(folder, script);
  else await fakeCodex(folder, script as readonly Step[]);
  await start({ HOME: join(folder, "home") });
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const until = (what: RegExp, label = "") =>
    api.waitFor(
      () =>
        fromBot(api, ada).find(
          ({ deleted, text, keyboard }) =>
            !deleted && what.test(text) && JSON.stringify(keyboard).includes(label),
        ),
      { what: `${what} ${label}`, timeoutMs: 30_000 },
    );
  return { api, ada, until, say: (text: string) => void api.say(ada, text) };
}

const USER: Step = { expect: { type: "user" } };
const controlError = (requestId: string): Step => ({
  line: {
    type: "control_response",
    response: { subtype: "error", request_id: requestId, error: "unsupported" },
  },
});
const denied = (id: string, command: string) => ({
  tool_name: "Bash",
  tool_use_id: id,
  tool_input: { command },
});

/** What the chat reads when it has sent one prompt. */
const TURNS: readonly (readonly [what: string, "claude" | "codex", readonly Step[], shown: RegExp])[] = [
  [
    "does not know the flag that lets it ask",
    "claude",
    [{ stderr: "error: unknown option '--permission-prompt-tool'\n" }, { exit: 1 }],
    /❌ This Claude Code cannot ask in the chat: it does not know `--permission-prompt-tool stdio`\.\nUpdate it/,
  ],
  [
    "never asks and denies by itself",
    "claude",
    [
      ...[USER, init(), ...answer("I may not.")],
      success("", { permission_denials: [denied("toolu_1", "npm test"), denied("toolu_2", "npm ci")] }),
    ],
    /^I may not\.\n\n⛔ Refused without asking you: Bash npm test\n⛔ Refused without asking you: Bash npm ci\n\n✅ /,
  ],
  [
    "has no way to put questions",
    "claude",
    [
      ...[USER, init(), toolUse("AskUserQuestion", { questions: [{ question: "Which color?" }] })],
      toolResult("<tool_use_error>Error: No such tool available: AskUserQuestion</tool_use_error>", true),
      ...answer("Which color?"),
      success(),
    ],
    /^Which color\?\n\n❌ AskUserQuestion .*\n\n✅ /,
  ],
  [
    "asks in a way that is not known",
    "codex",
    [
      ...opened(),
      asks(7, "item/rocket/requestApproval", { itemId: "x" }),
      { expect: { id: 7, error: { code: -32601 } } },
      delta("Then not."),
      completed(),
    ],
    /^Then not\.\n\n⛔ Refused without asking you: what Codex asks as item\/rocket\/requestApproval, which nanogent does not know\n\n✅ /,
  ],
];

for (const [what, agent, steps, shown] of TURNS) {
  test(`${agent} that ${what}: the chat says so, and the turn ends`, async (t) => {
    const { say, until } = await lesser(t, agent, steps);
    say("go");
    await until(shown);
    say("/status");
    await until(/^Agent: [\s\S]*Running: nothing/);
  });
}

test("what a person was asked about is not told again as refused", async (t) => {
  const steps = [
    USER,
    init(),
    canUseTool("Bash", { command: "npm test" }),
    { expect: { type: "control_response" } },
  ];
  const { api, say, until } = await lesser(t, "claude", [
    ...steps,
    ...answer("Then not."),
    success("", { permission_denials: [denied("toolu_1", "npm test")] }),
  ]);
  say("go");
  await api.press(await until(/npm test/, "Deny"), "⛔ Deny");
  const { text } = await until(/^Then not\.[\s\S]*✅ /);
  assert.doesNotMatch(text, /Refused/);
});

test("claude that answers control requests with an error: each is told, and Stop stops it all the same", async (t) => {
  const { say, until } = await lesser(t, "claude", {
    initialize: [controlError("initialize")],
    go: [
      ...[init(), ...streamed("Begun."), { expect: { request: { subtype: "set_permission_mode" } } }],
      ...[
        controlError("mode-1"),
        { expect: { request: { subtype: "interrupt" } } },
        controlError("interrupt"),
      ],
      { stay: true },
    ] as Step[],
  });
  say("/model");
  await until(/^claude does not tell its models\. \/model NAME takes one by its name all the same\.$/);
  say("go");
  await until(/^Begun\./);
  say("/mode edits");
  await until(/^Mode: edits .*What runs now cannot change to that: it counts from the next prompt on\.$/);
  say("/cancel");
  await until(/^Begun\.\n\n⏹ Stopped by Ada/);
});

test("codex that refuses to be steered: the prompt stays in the queue, and the chat says so", async (t) => {
  const { api, say, until } = await lesser(t, "codex", [
    ...opened(),
    delta("Begun."),
    { expect: { method: "turn/steer" } },
    refusal(5, "no active turn to steer"),
    { expect: { method: "turn/interrupt" } },
    result(6, {}),
    completed("interrupted"),
  ]);
  say("go");
  await until(/^Begun\./);
  say("use tabs");
  const queued = await until(/^⏳ Queued as number 1\./);
  assert.equal(
    (await api.press(queued, "↪ Steer"))?.text,
    "The agent cannot take it now. It stays in the queue.",
  );
  say("/queue");
  await until(/^▶ go \([^)]*\)\n1\. use tabs \(Ada\)$/);
  say("/cancel");
  await until(/^Begun\.\n\n⏹ Stopped by Ada/);
});

test("codex that refuses to list its models: the chat says so, and what to do", async (t) => {
  const { say, until } = await lesser(t, "codex", [
    { expect: { method: "initialize" } },
    result(1, { userAgent: "fake" }),
    { expect: { method: "model/list" } },
    refusal(2, "method not found", -32601),
  ]);
  say("/model");
  await until(/^codex does not tell its models\. \/model NAME takes one by its name all the same\.$/);
});
