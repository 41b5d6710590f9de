import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../web/until.ts";
import { drawn, shows } from "./bridge-page.ts";
import { fromBot } from "./chats.ts";
import { OTHER_OWNER, readerInto, terminalBridge } from "./terminal-bridge.ts";

const MEGABYTE = 1024 * 1024;

function memoryOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

test("terminals do not fail as those of others do", async (t) => {
  const { api, ada, page, token, got, close, running, said, set, bridge } = await terminalBridge(t);

  await t.test("failure 32: ids and names that begin alike are not taken for each other", async () => {
    const ids: string[] = [];
    for (const name of ["build-1", "build", ...Array(8)])
      ids.push(await page.openTerminal(token, "stty -echo; cat >> $NANOGENT_SESSION", { name }));
    assert.deepEqual([ids[0], ids.at(-1)], ["term-1", "term-10"]);
    for (const name of ["build-1", "build", "term-10"]) api.say(ada, `@${name} for ${name}`);
    await until("all three", () => ids.map(got).join("") === "for build-1\nfor build\nfor term-10\n");
    api.say(ada, "/screen build");
    await said(/^🖥 term-2 @build · /);
    api.say(ada, "/screen buil");
    await said(/^There is no terminal buil\./);
    for (const id of ["term-1", "term-2"]) assert.equal((await close(id)).status, 200);
    assert.deepEqual(await running(), ids.slice(2));
    for (const id of ["term-", "term-0", "term-100", "buil", "term-1%20"])
      assert.equal((await close(id)).status, 404, id);
    assert.equal((await page.call("POST", "/v1/sessions", { token, body: { name: "term-99" } })).status, 409);
    const screen = await page.attach(token, "term-10");
    screen.type("still here\r");
    await until("it still reads", () => got("term-10").endsWith("still here\n"));
    await Promise.all(ids.map(close));
    assert.deepEqual(await running(), []);
  });

  await t.test("failure 9: six quick messages arrive one by one, in their order", async () => {
    const id = await page.openTerminal(token, readerInto("nine"), { name: "nine" });
    const six = ["one", "two", "three", "four", "five", "six"];
    for (const word of six) api.say(ada, `@nine ${word}`);
    await until("all six", () => got("nine").split("\n").length > 6);
    const screen = await page.attach(token, id);
    for (const word of six) screen.type(`${word}\r`);
    await until("all twelve", () => got("nine").split("\n").length > 12);
    assert.equal(got("nine"), [...six, ...six, ""].join("\n"));
    await close(id);
  });

  await t.test("failure 10: what twenty send at the same time stays twenty lines", async () => {
    const id = await page.openTerminal(token, readerInto("ten"), { name: "ten" });
    const others = await page.token(OTHER_OWNER);
    const screens = await Promise.all(
      Array.from({ length: 20 }, (_, index) => page.attach(index % 2 ? token : others, id)),
    );
    const lines = screens.map((_, index) => `${index}-${"x".repeat(3_000)}`);
    for (const [index, screen] of screens.entries()) screen.type(`${lines[index]}\r`);
    for (let count = 0; count < 5; count++) api.say(ada, `@ten chat-${count}`);
    await until("all of them", () => got("ten").split("\n").length > 25);
    assert.deepEqual(
      got("ten").trim().split("\n").sort(),
      [...lines, ...[0, 1, 2, 3, 4].map((count) => `chat-${count}`)].sort(),
    );
    for (const { client } of screens) client.terminate();
    await close(id);
  });

  await t.test("failure 29: who attaches late, or comes back, sees what the first one sees", async () => {
    const id = await page.openTerminal(token, "PS1='$ ' exec bash --norc --noprofile");
    const early = await page.attach(token, id);
    early.type(
      "seq 1 200; for i in $(seq 40); do printf '\\e[3%dmline %d\\e[m\\n' $((i % 8)) $i; sleep 0.02; done\r",
    );
    await shows(early, /line 10\D/);
    const cut = await page.attach(token, id);
    await shows(cut, /line 15\D/);
    cut.client.terminate();
    const { position: from } = cut;
    await shows(early, /line 25\D/);
    const back = await page.attach(token, id, { from });
    await shows(early, /line 40\D[\s\S]*\$ $/);
    await until("the same place", () => from + back.received === early.position);
    assert.equal(back.last("snapshot"), undefined, "he goes on where he was");
    cut.shown += back.shown;
    const late = await page.attach(token, id);
    await shows(late, /line 40\D/);
    const expected = await drawn(early);
    assert.deepEqual([await drawn(cut), await drawn(late)], [expected, expected]);
    // A program that draws its screen once, and then waits.
    early.type("tput smcup; tput cup 5 10; echo full; read -r\r");
    await shows(early, /full\r\n$/);
    const onTop = await page.attach(token, id);
    await shows(onTop, "full");
    assert.deepEqual(await drawn(onTop), ["", "", "", "", "", "          full"]);
    await close(id);
  });

  await t.test("failure 31: the last viewer's dropped socket leaves the terminal as it is", async () => {
    const id = await page.openTerminal(token, 'X=kept; while read -r line; do eval "$line"; done');
    const screens = [await page.attach(token, id), await page.attach(token, id)];
    screens[0]?.type("for i in $(seq 20); do echo tick $i; sleep 0.05; done\r");
    for (const screen of screens) await shows(screen, "tick 3");
    for (const { client } of screens) client.terminate();
    const watching = async (): Promise<unknown> =>
      ((await page.call("GET", "/v1/sessions", { token })).json.sessions as { viewers: number }[]).at(-1)
        ?.viewers;
    while ((await watching()) !== 0) await sleep(20);
    const again = await page.attach(token, id);
    await shows(again, "tick 20");
    again.type("echo $X-$((40 + 2))\r");
    await shows(again, "kept-42");
    await close(id);
  });

  await t.test(
    "failure 34: what prints steadily is neither idle nor silent nor ended, anywhere",
    async () => {
      const command = 'trap stopped=1 INT; while [ -z "$stopped" ]; do echo tick; sleep 0.1; done; exec cat';
      const id = await page.openTerminal(token, command, { name: "steady" });
      const list = await page.socket();
      list.say({ type: "list", token });
      api.say(ada, "/watch steady silence 2");
      await said(/^👁 You are told once when [^\n]*\. 🖥 term-\d+ @steady/);
      const seen = () =>
        list.messages
          .flatMap(({ sessions }) => sessions as { id: string; state: string; lastOutput: number }[])
          .filter((session) => session.id === id);
      await until("four lists", () => new Set(seen().map(({ lastOutput }) => lastOutput)).size > 4);
      assert.ok(seen().every(({ state }) => state === "running"));
      api.say(ada, "/terms");
      await said(/🖥 term-\d+ @steady .*\n▶ working\ntick\b/);
      const silent = /@steady[^\n]*\n🤫 Nothing for 2 s\.$/;
      assert.equal(
        fromBot(api, ada).some(({ text }) => silent.test(text)),
        false,
      );
      (await page.attach(token, id)).type("\x03");
      await said(silent);
      await close(id);
    },
  );

  await t.test(
    "failure 30: a viewer who stops reading costs little memory and holds up nobody",
    {
      skip: !existsSync("/proc/self/status") && "there is no /proc",
    },
    async () => {
      // As fast as this machine can.
      await set({ NANOGENT_PERSIST: "off" });
      const line = "0123456789".repeat(5);
      const command = `stty -echo; echo ready; while read -r bytes mark; do yes ${line} | head -c $bytes; echo $mark; done`;
      const id = await page.openTerminal(token, command);
      const [fast, stalled] = [await page.attach(token, id), await page.attach(token, id)];
      await shows(fast, "ready");
      let most = 0;
      /** @returns how much the one who reads has got. */
      const flood = async (bytes: number, mark: string): Promise<number> => {
        const { received } = fast;
        fast.type(`${bytes} ${mark}\r`);
        await until(
          mark,
          () => {
            // Else the test keeps all of it.
            fast.shown = fast.shown.slice(-100);
            most = Math.max(most, memoryOf(bridge.pid));
            return fast.shown.endsWith(`${mark}\r\n`);
          },
          60_000,
        );
        return fast.received - received;
      };
      await flood(50_000_000, "warm");
      stalled.client.pause();
      // As much as it takes when everybody reads.
      const usual = most;
      const got = await flood(100_000_000, "done");
      // Unless this machine is too slow for him too.
      const dropped = fast.messages.filter(({ type }) => type === "snapshot").length > 1;
      assert.ok(got > 100_000_000 || dropped, `who reads got ${got} bytes`);
      const grown = Math.round((most - usual) / MEGABYTE);
      assert.ok(grown < 50, `it grew by ${grown} MB`);
      stalled.client.resume();
      await until("the screen as it is", () => /done\r\n$/.test(stalled.shown));
      await close(id);
    },
  );

  assert.deepEqual(await running(), []);
});
