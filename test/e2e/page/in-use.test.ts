import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { DESK, PHONE, without } from "../../fakes/chromium.ts";
import { newBrowser, site, untilFile, userOf } from "./in-use.ts";

const PASTED = Array.from(
  { length: 100 },
  (_, at) => `${at + 1}\tline “${at}” with 'quotes', $x, \\ and 漢字 é`,
);

for (const [kind, viewport] of [
  ["phone", PHONE],
  ["desk", DESK],
] as const) {
  test(`the page of a real bridge in use, on a ${kind}`, { skip: without("vim") }, async (t) => {
    const here = await site(t);
    const { folder, proxy, link } = here;
    mkdirSync(join(folder, "a folder"));
    const browser = await newBrowser(t, viewport, here);
    const user = await userOf(browser, here, kind);
    const { page, input, shows, line, key, text, picture } = user;
    const size = async (name: string): Promise<string> => {
      await line(`stty size > ${name}`);
      return (await untilFile(join(folder, name), (it) => it.endsWith("\n"))).trim();
    };

    await t.test("a shell is opened, and takes what is typed", async () => {
      await page.goto(await link());
      await page.waitForSelector("text=No terminal is open.");
      await page.click("text=New terminal");
      await page.getByRole("button", { name: "Shell" }).waitFor();
      await picture("new-terminal");
      await page.getByRole("button", { name: "Shell" }).click();
      await shows(/[$#]\s*$/m);
      await line("PS1='$ '; clear");
      await shows(/^\$\s*$/);
      await line("echo bar-$((40 + 2)) 한국어");
      await shows(/^bar-42 한국어/m);
      if (kind === "desk") await page.locator(".xterm-helper-textarea").focus();
      else await page.click("[aria-label='Send each key at once']");
      await page.keyboard.type("echo keys-$((50 + 5))");
      await page.keyboard.press("Enter");
      await shows(/^keys-55/m);
      if (kind === "phone") await page.click("[aria-label='Send each key at once']");
      await picture("shell");
    });

    await t.test("Ctrl is held for the next key", async () => {
      await line("sleep 1000");
      await shows(/sleep 1000\n/);
      await key("Control");
      await input.pressSequentially("c");
      await line("echo code-$?");
      await shows(/^code-130/m);
    });

    await t.test("a hundred lines are pasted as they are", async () => {
      await line("cat > pasted.txt");
      await input.fill(PASTED.join("\n"));
      await input.press("Enter");
      await shows(/^100\s+line/m);
      await key("Control D: end of input");
      const whole = `${PASTED.join("\n")}\n`;
      assert.equal(await untilFile(join(folder, "pasted.txt"), (it) => it.length >= whole.length), whole);
    });

    await t.test("the program has the size that is seen, also when that changes", async () => {
      let asked = 0;
      /** What the program says, when it is what is drawn: the page may take a moment and two steps. */
      const rowsThat = async (fit: (rows: number) => boolean): Promise<number> => {
        for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(50)) {
          asked += 1;
          const rows = Number((await size(`size-${asked}`)).split(" ")[0]);
          if (fit(rows) && rows === (await page.locator(".xterm-rows > div").count())) return rows;
        }
        assert.fail("the program has another size than what is drawn");
      };
      const before = await rowsThat(() => true);
      await page.setViewportSize({ width: viewport.width, height: viewport.height - 240 });
      await rowsThat((rows) => rows < before - 5);
      await picture("keyboard-open");
      await page.setViewportSize(viewport);
      await rowsThat((rows) => rows === before);
    });

    await t.test("what is uploaded lies where the shell is, and can be had again from there", async () => {
      await line("cd 'a folder'; clear");
      await shows(/^\$\s*$/);
      for (const name of ["up.txt", "up-2.txt"]) {
        await page.click("[aria-label=More]");
        const [chooser] = await Promise.all([
          page.waitForEvent("filechooser"),
          page.click("text=Upload files…"),
        ]);
        await chooser.setFiles([{ name: "up.txt", mimeType: "text/plain", buffer: Buffer.from(name) }]);
        await page.waitForSelector(`.toast:has-text('${name} → ${folder}/a folder')`);
        assert.equal(readFileSync(join(folder, "a folder", name), "utf8"), name);
      }
      await picture("uploaded");
      await page.click("[aria-label=More]");
      await picture("menu");
      await page.click("text=Download a file…");
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page
          .fill("[aria-label='Download a file'] input", "up-2.txt")
          .then(() => page.keyboard.press("Enter")),
      ]);
      assert.equal(readFileSync(await download.path(), "utf8"), "up-2.txt");
      await line("cd ..; clear");
    });

    await t.test("cut in the middle of the output, again and again, no byte is lost or doubled", async () => {
      const before = proxy.connections;
      const first = proxy.cutAfter(3_001);
      await line(
        'clear; for i in $(seq 1 1500); do echo "line $i of many"; [ $((i % 100)) = 0 ] && sleep 0.1; done; echo fin-$((1 + 1))',
      );
      await first;
      await proxy.cutAfter(4_567);
      proxy.down = true;
      proxy.cut();
      await page.waitForSelector("text=Connecting again…");
      await picture("cut");
      await sleep(300);
      proxy.down = false;
      await shows(/^fin-2/m);
      const lines = await text();
      const from = lines.indexOf("line 1 of many");
      const numbered = Array.from({ length: 1_500 }, (_, at) => `line ${at + 1} of many`);
      assert.deepEqual(lines.slice(from, from + 1_501), [...numbered, "fin-2"]);
      await page.waitForSelector(".state[hidden]", { state: "attached" });
      assert.ok(proxy.connections >= before + 3, "it was cut indeed");
    });

    await t.test("a second viewer is counted, and the size follows who types", async () => {
      const other = await userOf(browser, here, kind);
      const otherSize = kind === "phone" ? DESK : PHONE;
      await other.page.setViewportSize(otherSize);
      const mine = await size("mine.txt");
      await other.attach("term-1");
      for (const each of [page, other.page]) await each.waitForSelector("[aria-label='2 watching']");
      assert.equal(await size("still-mine.txt"), mine, "looking on changes nothing");
      await other.page.waitForSelector(".host[data-foreign=true]");
      await other.picture("looks-on");
      await other.line("stty size > theirs.txt; echo theirs-$((1 + 1))");
      for (const each of [user, other]) await each.shows(/^theirs-2/m);
      assert.notEqual((await untilFile(join(folder, "theirs.txt"), Boolean)).trim(), mine);
      await page.waitForSelector(".host[data-foreign=true]");
      await picture("letter-boxed");
      await other.page.close();
      await page.waitForSelector(".viewers", { state: "hidden" });
      await page.waitForSelector(".host[data-foreign=false]");
      assert.equal(await size("mine-again.txt"), mine);
      assert.deepEqual(other.faults, []);
    });

    await t.test("vim is found as it was after the page was closed, and saves", async () => {
      await line("clear; vim -u NONE -N note.txt");
      await shows(/^~/m);
      await input.focus();
      await page.keyboard.type("ifrom the page");
      await key("Escape");
      await page.keyboard.type("yyp");
      const before = await shows(/^from the page\s*\nfrom the page/m);
      await picture("vim");
      assert.deepEqual(
        user.faults.filter((fault) => !/ERR_|WebSocket/.test(fault)),
        [],
      );
      await page.close();
      const again = await userOf(browser, here, kind);
      await again.attach("term-1");
      assert.equal((await again.shows(/^from the page\s*\nfrom the page/m)).trimEnd(), before.trimEnd());
      await again.input.focus();
      await again.page.keyboard.type(":wq\n");
      await again.shows(/^\$ /m);
      assert.equal(await untilFile(join(folder, "note.txt"), Boolean), "from the page\nfrom the page\n");
      await again.page.emulateMedia({ colorScheme: "light" });
      await again.line("clear; ls --color=always; echo 'in the light'");
      await again.shows(/^in the light/m);
      await again.page.waitForSelector(".host[data-foreign=false]");
      await again.picture("light");
      await again.page.emulateMedia({ colorScheme: "dark" });
      await again.line("exit 7");
      await again.page.waitForSelector(".ended >> text=Ended with exit code 7");
      await again.picture("ended");
      const { connections } = proxy;
      await sleep(1_500);
      assert.equal(proxy.connections, connections, "nothing is asked for any more");
      await again.page.close();
    });

    await t.test("who is not let in is told so", async () => {
      const stranger = await userOf(browser, here, kind);
      const used = await link();
      await stranger.page.goto(used);
      await stranger.page.waitForSelector(".list");
      const next = await userOf(browser, here, kind);
      await next.page.goto(used);
      await next.page.waitForSelector("text=This link was used, or is older than 30 seconds.");
      await next.picture("used-link");
      for (const [path, headers] of [
        ["/", {}],
        ["/v1/sessions", {}],
        ["/v1/socket", { Upgrade: "websocket", Connection: "Upgrade" }],
      ] as const) {
        const status = await new Promise((resolve, reject) => {
          const all = { Host: `localhost:${proxy.target}`, Origin: "https://evil.example", ...headers };
          const asked = request({ host: "127.0.0.1", port: proxy.port, path, headers: all }, (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          });
          asked.on("error", reject).end();
        });
        assert.equal(status, 403, path);
      }
      for (const each of [stranger, next]) await each.page.close();
    });
  });
}
