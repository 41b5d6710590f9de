import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Place } from "../../../src/chat/messenger.ts";
import { ClaudeRoom, type ClaudeRoomOptions } from "../../../src/chat/terminals/claude-room.ts";
import { systemClock } from "../../../src/clock.ts";
import { BridgeDoor } from "../../../src/control/bridge-door.ts";
import { askBridge } from "../../../src/control/client.ts";
import type { Person } from "../../../src/jobs/person.ts";
import type { Log } from "../../../src/log.ts";
import { projectPaths } from "../../../src/project.ts";
import { readClaudeCommand } from "../../../src/terminal/claude/command.ts";
import { readHookFile } from "../../../src/terminal/claude/hook-files.ts";
import { BackendError } from "../../../src/terminal/pty.ts";
import { TerminalRegistry } from "../../../src/terminal/registry.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { fakeMessenger } from "../../fakes/messenger.ts";

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const ADA: Person = { id: 7, name: "Ada", role: "owner" };
const BASH = { hook_event_name: "PermissionRequest", tool_name: "Bash", tool_input: { command: "make" } };
const STOP = { hook_event_name: "Stop", last_assistant_message: "All good." };
const IDLE = { hook_event_name: "Notification", notification_type: "idle_prompt" };
const DIALOG = "printf '\\n \\342\\235\\257 1. Yes\\n   2. No\\n'";

/** A terminal in which a shell plays Claude Code, whose hooks the test plays. */
async function played(
  t: TestContext,
  {
    places = [{ chatId: 7 }],
    ...more
  }: Partial<Omit<ClaudeRoomOptions, "places">> & { places?: Place[] } = {},
) {
  const folder = await temporaryFolder(t);
  const state = join(folder, ".nanogent");
  mkdirSync(state);
  const program = join(folder, "claude");
  writeFileSync(program, "#!/bin/sh\nexec sh\n", { mode: 0o755 });
  const messenger = fakeMessenger();
  const registry = new TerminalRegistry({
    ...{
      folder,
      statePath: join(state, "terminals.json"),
      keptPath: join(state, "kept"),
      clock: systemClock,
      log: quiet,
    },
    env: () => ({ PATH: process.env.PATH, PS1: "$ ", SHELL: "/bin/sh" }),
    hidden: () => [],
    redact: (text) => text,
    persist: () => "off",
    allowsHost: () => true,
    elsewhere: async () => Promise.reject(new BackendError("not here")),
    claude: async (id, words) => {
      const command = readClaudeCommand(words, program);
      return command && room.launch(id, command);
    },
    onEnd: async (known) => room.ended(known),
    onBell() {},
  });
  const door = new BridgeDoor({
    ...{ paths: projectPaths(folder), env: { XDG_RUNTIME_DIR: folder }, clock: systemClock, log: quiet },
    needs: () => Promise.reject(new Error("only hooks come here")),
  });
  const room = new ClaudeRoom({
    ...{ messenger, registry, folder, state, door, clock: systemClock, log: quiet },
    redact: (text) => text.replaceAll("hunter2", "•"),
    places: () => places,
    ...more,
  });
  const known = await registry.openSession({ command: "claude", name: "c" });
  t.after(async () => {
    await known.session.close();
    await room.stop();
  });
  const files = join(state, "claude", "term-1.hook.json");
  const file = readHookFile(files);
  assert.ok(file);
  const say = async (event: object, more: object = {}) => {
    const body = { request: "0123456789abcdef", event, ...more };
    const path = "/v1/sessions/term-1/hooks";
    const { socket, secret: token } = file;
    return (await askBridge({ socket, method: "POST", path, token, body })).body as { output?: object };
  };
  const until = async (what: () => unknown): Promise<void> => {
    for (let tries = 0; !what(); tries++) {
      assert.ok(tries < 400, `not seen: ${what}; ${messenger.calls.join("\n")}`);
      await sleep(20);
    }
  };
  const type = (line: string): Promise<void> => known.session.type(line, { enter: true });
  const press = (request: string, allow: boolean) =>
    room.press(known, { request, allow, person: ADA, message: undefined });
  return { folder, files, file, room, messenger, known, say, until, type, press };
}

const buttonsOf = ({ content }: { content: { buttons?: readonly (readonly { text: string }[])[] } }) =>
  (content.buttons ?? []).flat().map(({ text }) => text);

test("what Claude Code asks is shown shortly and without secrets, with the buttons that make sense", async (t) => {
  const { messenger, say, until, press } = await played(t, {
    places: [{ chatId: 7 }, { chatId: -8, threadId: 3 }],
  });
  const question = { question: "Which?", options: [{ label: "Red" }, { label: "hunter2" }] };
  const cases: readonly [tool: string, input: object, shown: RegExp, canDecide: boolean][] = [
    ["Bash", { command: "echo hunter2" }, /^🔐 Claude wants to use Bash:\n\necho •$/, true],
    [
      "Bash",
      { command: "x".repeat(9_000) },
      /^🔐 Claude wants to use Bash:\n\nx{1500}…\n\nThis is its beginning\.$/,
      true,
    ],
    [
      "Edit",
      { file_path: "/a.ts", old_string: "one\n", new_string: "two\n" },
      /^🔐 Claude wants to use Edit:\n\n--- \/a\.ts\n\+\+\+ \/a\.ts\n@@ @@\n-one\n\+two$/,
      true,
    ],
    ["AskUserQuestion", { questions: [question] }, /^❓ Claude asks:\n\nWhich\?\n• Red\n• •$/, false],
    [
      "ExitPlanMode",
      { plan: "First this." },
      /^📋 Claude has a plan, and waits for your word on it\.$/,
      false,
    ],
  ];
  for (const [tool_name, tool_input, shown, canDecide] of cases) {
    const before = messenger.sent.length;
    const answer = say({ ...BASH, tool_name, tool_input }, { request: String(before).padStart(16, "0") });
    await until(() => messenger.sent.length === before + 2);
    const [own, group] = messenger.sent.slice(before);
    assert.ok(own && group);
    const [head = "", ...rest] = own.content.text.text.split("\n");
    assert.equal(head, "🖥 term-1 @c · claude");
    assert.match(rest.join("\n"), shown);
    const decide = canDecide ? ["✅ Allow", "⛔ Deny"] : [];
    for (const each of [own, group]) assert.deepEqual(buttonsOf(each), [...decide, "🖥 Screen"]);
    await say({ hook_event_name: "SessionEnd" });
    assert.deepEqual(await answer, {});
  }
  await until(() => messenger.calls.filter((call) => call.startsWith("remove")).length === 2 * cases.length);
  assert.equal(await press("f".repeat(16), true), "This has been decided already.");
});

test("34: what finishes or waits is told when it prints nothing any more, and once in all", async (t) => {
  const { folder, messenger, say, until, type } = await played(t);
  const { calls } = messenger;
  await type("while [ ! -e stop ]; do echo working; sleep 0.2; done");
  await say({ ...STOP, prompt_id: "one" });
  await say(IDLE);
  await sleep(3_000);
  assert.deepEqual(calls, []);
  writeFileSync(join(folder, "stop"), "");
  await until(() => calls.length > 0);
  await say(IDLE);
  await say({ ...IDLE, notification_type: "auth_success" });
  // Told side by side with the end of its turn, it comes late.
  await say({ hook_event_name: "UserPromptSubmit", prompt_id: "one" });
  const finished = "send 1: 🖥 term-1 @c · claude\n✅ Claude has finished.\n\nAll good.";
  assert.deepEqual(calls, [finished]);
  assert.deepEqual(messenger.sent[0]?.options.silent, undefined);
  await say({ hook_event_name: "UserPromptSubmit", prompt_id: "two" });
  await say(IDLE);
  await say(IDLE);
  await say({ ...IDLE, notification_type: "elicitation_dialog", message: "A form." });
  assert.deepEqual(calls, [finished, "remove 1", "send 2: 🖥 term-1 @c · claude\n💤 Claude waits for you."]);
  await say({ ...STOP, prompt_id: "two", last_assistant_message: "", background_tasks: [{}] });
  assert.deepEqual(calls.slice(3), [
    "remove 2",
    "send 3: 🖥 term-1 @c · claude\n✅ Claude has finished. 1 running in the background.",
  ]);
});

test("a question goes when it is decided, has left the screen, or its hook, its turn or its terminal has ended", async (t) => {
  const { folder, files, messenger, known, say, until, type, press } = await played(t);
  const { calls } = messenger;
  const decide = (decision: object) => ({
    hookSpecificOutput: { hookEventName: "PermissionRequest", decision },
  });
  const cases: readonly [
    what: string,
    act: (request: string, hook: AbortController) => unknown,
    answer: object | undefined,
    said: RegExp,
  ][] = [
    [
      "allowed",
      (request) => press(request, true),
      { output: decide({ behavior: "allow" }) },
      /^final \d: 🖥 term-1 @c · claude\n✅ Allowed by Ada, \d\d:\d\d: Bash make$/,
    ],
    [
      "denied",
      (request) => press(request, false),
      { output: decide({ behavior: "deny", message: "Ada does not allow this." }) },
      /⛔ Denied by Ada, \d\d:\d\d: Bash make$/,
    ],
    ["not on the screen any more", () => type("clear"), {}, /^remove \d$/],
    ["its hook ended", (_, hook) => hook.abort(), undefined, /^remove \d$/],
    [
      "its turn over, and nobody has seen its dialog",
      () => type("clear").then(() => say(STOP)),
      {},
      /^remove \d$/,
    ],
    ["its terminal closed", () => known.session.close(), undefined, /^remove \d$/],
  ];
  for (const [index, [what, act, answer, said]] of cases.entries()) {
    await type(what.startsWith("its turn") ? "clear" : DIALOG);
    await until(() => known.session.position > 0);
    const hook = new AbortController();
    const request = String(index).padStart(16, "0");
    const { socket, secret: token } = readHookFile(files) ?? assert.fail("no file");
    const path = "/v1/sessions/term-1/hooks";
    const body = { request, event: BASH };
    const asked = askBridge({ socket, method: "POST", path, token, body, signal: hook.signal }).then(
      (given) => given.body,
      () => undefined,
    );
    await until(() => calls.at(-1)?.startsWith("send"));
    assert.deepEqual(buttonsOf(messenger.sent.at(-1) ?? assert.fail()), ["✅ Allow", "⛔ Deny", "🖥 Screen"]);
    // The dialog is looked for every 300 ms.
    await sleep(700);
    assert.match(calls.at(-1) ?? "", /^send/, what);
    await act(request, hook);
    if (what !== "its terminal closed") assert.deepEqual(await asked, answer, what);
    await until(() => said.test(calls.at(-1) ?? ""));
  }
  assert.equal(existsSync(files), false);
  assert.equal(existsSync(join(folder, ".nanogent", "claude", "term-1.settings.json")), false);
});

test("a terminal that has ended while the bridge came to it is known no more", async (t) => {
  const { file, room, known } = await played(t);
  const ask = () => {
    const { socket, secret: token } = file;
    const body = { request: "0123456789abcdef", event: IDLE };
    return askBridge({ socket, method: "POST", path: "/v1/sessions/term-1/hooks", token, body });
  };
  assert.equal((await ask()).status, 200);
  await known.session.close();
  await room.resume([known]);
  assert.equal((await ask()).status, 401);
});

test("of two questions at once the newer covers the older: answered at the desk, it goes alone", async (t) => {
  const { messenger, say, until, type, press } = await played(t);
  const { calls } = messenger;
  /** As Claude Code shows it, under what it has said about both. */
  const dialog = (command: string): Promise<void> =>
    type(
      `clear; printf '%s\\n' 'Bash(make one)' 'Bash(make two)' ${"─".repeat(60)} ' ${command}' ' \u276f 1. Yes' '   2. No'`,
    );
  const ask = (command: string, request: string) => say({ ...BASH, tool_input: { command } }, { request });
  const removed = (): readonly string[] => calls.filter((call) => call.startsWith("remove"));
  const [one, two, twin] = ["1", "2", "3"].map((digit) => digit.repeat(16)) as [string, string, string];
  await dialog("make one");
  const first = ask("make one", one);
  await until(() => calls.length === 1);
  await sleep(1_500);
  await dialog("make two");
  const second = ask("make two", two);
  await until(() => calls.length === 2);
  await sleep(2_000);
  assert.deepEqual(removed(), [], "covered");
  await dialog("make one");
  await until(() => removed().length > 0);
  assert.deepEqual(removed(), ["remove 2"]);
  assert.deepEqual(await second, {});
  assert.equal(await press(two, true), "This has been decided already.");
  // Which of two that look the same is shown, cannot be told.
  const third = ask("make one", twin);
  await dialog("make one");
  await sleep(2_000);
  assert.deepEqual(removed(), ["remove 2"]);
  assert.equal(await press(one, true), "Allowed.");
  assert.ok((await first).output);
  await type("clear");
  assert.deepEqual(await third, {});
});
