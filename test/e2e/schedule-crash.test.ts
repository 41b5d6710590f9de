import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { crashAt } from "../fakes/preload/crash-at.ts";
import { wallClock } from "../fakes/preload/wall-clock.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, type Project, project } from "./project.ts";

const HOUR = 60 * 60_000;
const LATER = wallClock(2 * HOUR);

/** A life that ends at the point. */
async function dieAt(point: string, { start, folder }: Project, more: Readonly<Record<string, string>> = {}) {
  const life = await start(crashAt(point, folder, more)).catch(() => undefined);
  if (life) assert.equal((await life.exited).signal, "SIGKILL", point);
  assert.match(await readFile(join(folder, "crash.log"), "utf8"), new RegExp(`^${point}\\t`, "m"));
}

async function shellProject(t: TestContext) {
  const home = await project(t, {
    env: {
      NANOGENT_AGENT: "shell",
      TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
      NANOGENT_STALE_AFTER: "off",
      NANOGENT_NOTIFY_AFTER: "off",
    },
  });
  return { ...home, ada: home.api.privateChat(OWNER, { firstName: "Ada" }) };
}

for (const when of ["before append", "half append", "after append", "after fsync"]) {
  test(`killed ${when} of the record that queues it, what is asked for once runs exactly once`, async (t) => {
    const home = await shellProject(t);
    const { api, ada, folder, start } = home;
    const first = await start();
    api.say(ada, `/at ${new Date(Date.now() + HOUR).toTimeString().slice(0, 5)} echo once >> ran`);
    await untilSaid(api, ada, /^⏰ Noted\. It runs (tomorrow )?at/);
    await first.kill();
    await dieAt(`${when} journal.jsonl: queued#1`, home, LATER);
    const ran = () => readFile(join(folder, "ran"), "utf8").catch(() => "");
    const before = await ran();
    const last = await start(LATER);
    // One that was started already is not run again by itself.
    const end = await untilSaid(api, ada, /✅ .*\n⏰ once · missed |^⚠️ Interrupted/);
    api.say(ada, "/schedules");
    await untilSaid(api, ada, /^Nothing is planned/);
    assert.equal(await last.stop(), 0);
    const lines = (await ran()).split("\n").filter((line) => line !== "");
    if (end.text.startsWith("⚠️")) assert.ok(lines.length <= 1 && (await ran()) === before);
    else assert.deepEqual(lines, ["once"]);
    const answers = fromBot(api, ada).filter(
      ({ text, deleted }) => !deleted && /✅ exit|Interrupted/.test(text),
    );
    assert.equal(answers.length, 1);
  });

  test(`killed ${when} of the record of a new schedule, there is exactly one`, async (t) => {
    const home = await shellProject(t);
    const { api, ada, start } = home;
    api.say(ada, "/every 1h echo x");
    await dieAt(`${when} journal.jsonl: scheduled#1`, home);
    await start();
    await api.waitFor(() => api.pending.length === 0);
    api.say(ada, "/schedules");
    const list = await untilSaid(api, ada, /^1\. “echo x” \(Ada\)/);
    assert.ok(!list.text.includes("\n2. "));
  });
}
