import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { SeenMessage } from "../fakes/bot-api/view.ts";
import { DockerEngine, IMAGE, noDocker } from "../fakes/docker-engine.ts";
import { commandOf, processesWhere } from "../fakes/processes.ts";
import { untilSaid } from "./chats.ts";
import { close, noTmux, nothingKept, OWNER, project, screenOf, untilShown } from "./kept.ts";

const skip = noDocker() || noTmux();
const SHELL = "PS1='$ ' exec sh";

async function withEngine(t: TestContext) {
  const docker = await new DockerEngine().start();
  t.after(() => docker.stop());
  await docker.importImage();
  const of = await project(t, {
    env: {
      NANOGENT_AGENT: "shell",
      TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
      NANOGENT_DOCKER_IMAGE: IMAGE,
    },
  });
  const { api, folder } = of;
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const until = (what: RegExp): Promise<SeenMessage> => untilSaid(api, ada, what, 30_000);
  return {
    ...{ ...of, docker, ada, until },
    start: () => of.start({ DOCKER_HOST: docker.env.DOCKER_HOST ?? "" }),
    /** Opens a terminal in a container. */
    async open(words: string): Promise<SeenMessage> {
      api.say(ada, `/term ${words}`);
      return until(
        new RegExp(`^🖥 term-\\d+ ${words.split(" ")[0]} .*\\nReply to this message to type there\\.`),
      );
    },
    /** The programs that stand between tmux and the engine. */
    between: () =>
      processesWhere((cwd) => cwd === folder).filter((pid) =>
        /^\S*node .* container-terminal /.test(commandOf(pid)),
      ),
    async own(): Promise<string[]> {
      const all = (await docker.engine.call("GET", "/containers/json?all=1")) as {
        Id: string;
        Labels: Record<string, string>;
      }[];
      return all
        .filter(({ Labels }) => Labels["nanogent.state"] === join(folder, ".nanogent"))
        .map(({ Id }) => Id);
    },
    async programs(id: string): Promise<string> {
      const { Processes } = (await docker.engine.call("GET", `/containers/${id}/top`)) as {
        Processes: string[][];
      };
      return Processes.map((columns) => columns.at(-1)).join("\n");
    },
  };
}

async function becomes<T>(what: () => T | Promise<T>, expected: T): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await what()) === expected) return;
    await sleep(50);
  }
  assert.equal(await what(), expected);
}

test("in containers: they outlive a bridge that is killed, what ends is told and tidied up, and neighbours stay", {
  skip,
}, async (t) => {
  const { api, folder, docker, ada, until, start, open, between, own, programs } = await withEngine(t);
  const [first, tenth] = [await docker.run("box-1"), await docker.run("box-10")];
  const bridge = await start();
  const one = await open(`@one docker:box-1 ${SHELL}`);
  const ten = await open(`@ten docker:box-10 ${SHELL}`);
  const mine = await open(`@mine docker ${SHELL}`);
  await open("@off docker S=hunter2; until [ -e go ]; do sleep 0.1; done; echo last words; exit 6");
  const say = (text: string, { messageId }: SeenMessage) => api.say(ada, text, { replyTo: messageId });
  for (const name of ["one", "ten", "mine"]) await untilShown(api, ada, name, /\n\$$/);
  say("X=kept; printf '\\033[31mwide 日本 é\\033[m\\n'; stty size; sleep 777 & :", one);
  await untilShown(api, ada, "one", /^wide 日本 é\n24 80\n\$$/m);
  say("X=mine; echo ready $PWD", mine);
  await untilShown(api, ada, "mine", /^ready .*\n\$$/m);
  const before = [await screenOf(api, ada, "one"), await screenOf(api, ada, "mine")];
  await bridge.kill();
  assert.deepEqual([between().length, (await own()).length], [4, 2]);
  for (const pid of processesWhere((cwd) => cwd === folder))
    if (between().includes(pid)) assert.doesNotMatch(commandOf(pid), /hunter2/);
  // Its container goes with it, although no bridge is there.
  writeFileSync(join(folder, "go"), "");
  await becomes(() => between().length, 3);
  assert.equal((await own()).length, 1);

  const second = await start();
  const off = await until(/^🖥 term-4 @off [^\n]*\n❌ exit 6$/);
  assert.deepEqual(
    off.keyboard.flat().map(({ text }) => text),
    ["🖥 Screen", "🔁 Again"],
  );
  assert.deepEqual([await screenOf(api, ada, "one"), await screenOf(api, ada, "mine")], before);
  say("echo $X again", one);
  await untilShown(api, ada, "one", /^kept again\n\$$/m);
  say("echo $X again", mine);
  await untilShown(api, ada, "mine", /^mine again\n\$$/m);
  assert.match(await programs(first), /sleep 777/);
  await close(api, one);
  await until(/^🖥 term-1 [\s\S]*⏹ ended · It was closed\.$/);
  assert.doesNotMatch(await programs(first), /sleep 777|^sh$/m);
  say("sleep 888 & echo neighbour-$((40 + 2))", ten);
  await untilShown(api, ada, "ten", /^neighbour-42\n\$$/m);

  // Whoever stands in between is ended by force, while no bridge is there.
  assert.equal(await second.stop(), 0);
  for (const pid of between()) process.kill(pid, "SIGKILL");
  const third = await start();
  const lost = await until(/^🖥 term-2 @ten [^\n]*\n⏹ ended · The connection to Docker was lost\.$/);
  await until(/^🖥 term-3 @mine [^\n]*\n⏹ ended · The connection to Docker was lost\.$/);
  assert.deepEqual(await own(), []);
  assert.doesNotMatch(await programs(tenth), /sleep 888/);
  await api.press(lost, "🔌 Reconnect");
  const again = await until(/^🖥 term-5 @ten · docker:box-10 .*\nReply/);
  say("sleep 999 & exec sh", again);
  await becomes(async () => /sleep 999/.test(await programs(tenth)), true);
  const [socket = ""] = readdirSync(join(folder, ".nanogent")).filter((name) => name.startsWith("tmux-"));
  const [name = ""] = readdirSync(join(folder, ".nanogent", socket));
  execFileSync("tmux", ["-S", join(folder, ".nanogent", socket, name), "kill-server"]);
  const gone = await until(/^🖥 term-5 @ten [^\n]*\n⏹ ended · Its tmux session is gone\.$/);
  await becomes(async () => /sleep 999/.test(await programs(tenth)), false);
  await docker.engine.call("DELETE", `/containers/${tenth}?force=1`);
  await api.press(gone, "🔌 Reconnect");
  await until(/^There is no container box-10\. These run: box-1$/);
  const boxed = await open(`@last docker:box-1 ${SHELL}`);
  await docker.engine.call("POST", `/containers/${first}/stop?t=5`);
  await until(
    /^🖥 term-7 @last [^\n]*\n⏹ ended · The container box-1 was stopped, removed or started anew\.$/,
  );
  assert.ok(boxed);
  assert.equal(await third.stop(), 0);
  await nothingKept(folder);
});
