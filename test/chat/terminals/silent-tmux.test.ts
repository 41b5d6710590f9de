import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { openRoom } from "../../../src/chat/terminals/room.ts";
import type { TerminalsOptions } from "../../../src/chat/terminals/terminals.ts";
import { systemClock } from "../../../src/clock.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { fakeMessenger } from "../../fakes/messenger.ts";
import { recordingLog } from "../../telegram/bot.ts";
import { has } from "../../terminal/held.ts";
import { until } from "../../web/until.ts";

test("a chat is told of a terminal that tmux does not tell of, and what it waits for goes on once it does", {
  skip: !has("tmux") && "tmux is not installed",
}, async (t) => {
  const folder = await temporaryFolder(t);
  const [state, bin] = [join(folder, ".state"), join(folder, "bin")];
  for (const each of [state, bin]) mkdirSync(each);
  const life = async (path: string | undefined) => {
    const messenger = fakeMessenger();
    const options = {
      ...{ folder, state, statePath: join(state, "terminals.json"), keptPath: join(state, "kept") },
      ...{ messenger, clock: systemClock, log: recordingLog().log, bridgeEnv: {} },
      env: () => ({ PATH: path, HOME: folder, LANG: "C.UTF-8", SHELL: "/bin/sh", TMUX_TMPDIR: state }),
      hidden: () => [],
      persist: () => "tmux",
      allowsHost: () => true,
      bot: async () => ({ id: 1, username: "a_bot", name: "A" }),
      claudeProgram: () => "claude",
      addressOf: () => undefined,
      wayToPage: () => undefined,
      redact: (text: string) => text,
      mayTell: () => true,
      hasFixedAddress: () => false,
    } as unknown as TerminalsOptions;
    return { room: await openRoom(options), calls: messenger.calls };
  };
  const place = { chatId: 7 };
  const first = await life(process.env.PATH);
  await first.room.open("host exec cat", place, false);
  await first.room.watch("term-1", "passed", place);
  await first.room.stop();
  const { room, calls } = await life(bin);
  await until("it is said", () => calls.some((call) => call.includes("term-1 cannot be reached")));
  const { text } = (await room.screen("term-1", place, { asText: true })) ?? {};
  assert.match(text?.text ?? "", /cannot be reached/);
  symlinkSync(execFileSync("sh", ["-c", "command -v tmux"], { encoding: "utf8" }).trim(), join(bin, "tmux"));
  await until("it is found", () => room.registry.open.length === 1);
  await room.registry.open[0]?.session.write(Buffer.from("tests passed\r"));
  await until("it is told", () => calls.some((call) => call.includes("“passed” has appeared")));
  await room.close("term-1");
  await room.stop();
});
