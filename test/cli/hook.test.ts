import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { asObject } from "../../src/agents/json.ts";
import { systemClock } from "../../src/clock.ts";
import { ControlServer } from "../../src/control/server.ts";
import type { Log } from "../../src/log.ts";
import { readJson } from "../../src/web/body.ts";
import { run } from "../e2e/project.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const log: Log = { debug() {}, info() {}, warn() {}, error() {} };
const ASKS = JSON.stringify({
  hook_event_name: "PermissionRequest",
  tool_input: { content: "é".repeat(9_000) },
});
const TELLS = JSON.stringify({ hook_event_name: "Stop" });

test("whatever is missing or wrong, a hook ends with 0 and says nothing", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, "hook.json");
  const whole = { session: "term-1", socket: join(folder, "none.sock"), secret: "ab" };
  const cases: readonly [what: string, file: string, session: string, stdin: string][] = [
    ["no bridge", JSON.stringify(whole), "term-1", TELLS],
    ["another terminal", JSON.stringify(whole), "term-2", ASKS],
    ["no file", "", "term-1", ASKS],
    ["no JSON", JSON.stringify(whole), "term-1", "{"],
    ["nothing", JSON.stringify(whole), "term-1", ""],
  ];
  await Promise.all(
    cases.map(async ([what, content, NANOGENT_SESSION, stdin], index) => {
      const own = `${file}-${index}`;
      writeFileSync(own, content);
      const hook = run(["hook", own], folder, { NANOGENT_SESSION });
      hook.child.stdin?.end(stdin);
      assert.deepEqual([(await hook.exited).code, hook.output()], [0, ""], what);
    }),
  );
});

test("a request for permission waits for a bridge, comes again to the next one under its name, and prints what that says", async (t) => {
  const folder = await temporaryFolder(t);
  const state = join(folder, "state");
  mkdirSync(state);
  const path = join(state, "control.sock");
  const file = join(folder, "hook.json");
  writeFileSync(file, JSON.stringify({ session: "term-1", socket: path, secret: "ab" }));
  const heard: Record<string, unknown>[] = [];
  let answer: Promise<object> = new Promise(() => {});
  const bridge = () =>
    new ControlServer({
      ...{ path, log, clock: systemClock },
      needs: () => Promise.reject(new Error("only hooks come here")),
      routes: [
        {
          method: "POST",
          path: /^\/v1\/sessions\/term-1\/hooks$/,
          async handle({ request }) {
            heard.push({ ...(await readJson(request)), by: request.headers.authorization });
            return answer;
          },
        },
      ],
    });
  const untilHeard = async (count: number): Promise<void> => {
    for (let tries = 0; heard.length < count; tries++) {
      assert.ok(tries < 500, "the hook does not come");
      await sleep(20);
    }
  };
  const hook = run(["hook", file], folder, { NANOGENT_SESSION: "term-1" });
  hook.child.stdin?.end(ASKS);
  const first = bridge();
  await first.open();
  await untilHeard(1);
  await first.stop();
  answer = Promise.resolve({ output: { decided: true } });
  const second = bridge();
  t.after(() => second.stop());
  await second.open();
  await untilHeard(2);
  assert.deepEqual([(await hook.exited).code, hook.output()], [0, '{"decided":true}\n']);
  const [before, after] = heard;
  assert.ok(before && after);
  assert.match(String(before.request), /^[0-9a-f]{16}$/);
  assert.deepEqual([after.request, after.again, after.by], [before.request, true, "Bearer ab"]);
  // Half of a character would be none.
  assert.equal(asObject(asObject(after.event).tool_input).content, "é".repeat(4_096));
});
