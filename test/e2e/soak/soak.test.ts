import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { residentMegabytes } from "../../../scripts/bench/resident.ts";
import type { BotApi } from "../../fakes/bot-api.ts";
import { timeLapse } from "../../fakes/preload/time-lapse.ts";
import { commandOf, processesWhere } from "../../fakes/processes.ts";
import { fromBot } from "../chats.ts";
import { project } from "../project.ts";
import { answered } from "./answers.ts";
import { checkJournal, checkRuns, explain, untilRuns } from "./checks.ts";
import { createOffers } from "./offers.ts";
import { makePrompts, type Prompt } from "./prompts.ts";
import { createRandom } from "./random.ts";
import { startStorm } from "./storm.ts";

/**
 * 1,000 prompts a minute in ten chats while Telegram fails at random and the bridge is killed once and stopped once. The
 * bridge's time goes ten times as fast, so that a minute holds ten minutes of its pacing and of its pauses.
 * SOAK_SEED repeats a run's faults, SOAK_MINUTES (1 unless told) makes it longer.
 */
const SPEED = 10;
const MINUTES = Number(process.env.SOAK_MINUTES ?? 1);
const SEED = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31));
const PROMPTS = Math.round(1_000 * MINUTES);
const TALK_MS = 50_000 * MINUTES;
/** For what is on its way when the last prompt has been sent: faults are over, but long pauses may still run. */
const REST_MS = 200_000;

const PEOPLE = [7, 8, 9, 10, 11, 12, 13, 14];
const GROUP = { id: -5, userId: 7 };
const SUPERGROUP = { id: -1_005, userId: 8 };
const CHATS = [...PEOPLE.map((id) => ({ id, userId: id })), GROUP, SUPERGROUP];
/** A group is written to a third as fast, so it is asked a third as often. */
const TURNS = [...PEOPLE, ...PEOPLE, ...PEOPLE, GROUP.id, SUPERGROUP.id];

const KILL_AT = 0.2;
const STOP_AT = 0.4;
/** The longest pause that Telegram may have asked for before is over. */
const SETTLED_MS = 65_000 / SPEED;
const WARM_AT = 0.55;
const MOST_GROWTH_MB = 40;

test("no prompt and no answer is lost while Telegram and the bridge fail at random", {
  timeout: TALK_MS + REST_MS + 60_000,
}, async (t) => {
  t.diagnostic(`SOAK_SEED=${SEED} SOAK_MINUTES=${MINUTES}`);
  const home = await project(t, {
    env: { NANOGENT_AGENT: "shell", NANOGENT_SHELL: "groups", TELEGRAM_ALLOWED_USER_IDS: PEOPLE.join(",") },
    api: { timeScale: 1 / SPEED, rateLimit: { timeScale: 1 / SPEED, toldScale: 1 / SPEED } },
  });
  const { api } = home;
  for (const id of PEOPLE) api.privateChat(id);
  api.group(GROUP.id);
  api.group(SUPERGROUP.id, { supergroup: true });
  // Each with chance of its own: what one does must not change what another meets.
  const prompts = makePrompts(PROMPTS, TURNS, [at(KILL_AT), at(STOP_AT)], createRandom(SEED));
  const offers = createOffers(home, CHATS, createRandom(SEED + 1));
  const environment = {
    ...timeLapse(SPEED),
    SHELL: "/bin/sh",
  };
  const start = () => home.start(environment);

  const bridge = { now: await start() };
  let warm = 0;
  // Early calls and calls over the limit so far: only after a restart may there be more, as a new life does not know
  // what its chats have used up.
  const faultsOfPace: number[] = [];
  const countPace = async (): Promise<void> => void faultsOfPace.push(api.breaches + api.hammering);
  // So that there is always something to interrupt.
  const runs = (part: number): Promise<void> => untilRuns(home, prompts[at(part)]);
  const restart = async (part: number, end: () => Promise<void>): Promise<void> => {
    await runs(part);
    await countPace();
    await end();
    bridge.now = await start();
    await sleep(SETTLED_MS);
    await countPace();
  };
  const turningPoints: readonly (readonly [part: number, act: () => Promise<void>])[] = [
    [KILL_AT, () => restart(KILL_AT, () => bridge.now.kill())],
    [
      STOP_AT,
      () => restart(STOP_AT, async () => assert.equal(await bridge.now.stop(), 0, bridge.now.output())),
    ],
    [
      WARM_AT,
      async () => {
        warm = residentMegabytes(bridge.now.pid);
      },
    ],
  ];
  const began = performance.now();
  const storm = startStorm(api, TURNS, createRandom(SEED + 2));
  let restarting: Promise<void> = Promise.resolve();
  for (const [index, prompt] of prompts.entries()) {
    const due = began + (TALK_MS * index) / PROMPTS;
    if (due > performance.now()) await sleep(due - performance.now());
    const [, turn] = turningPoints.find(([part]) => at(part) === index) ?? [];
    if (turn) restarting = restarting.then(turn);
    // It is awaited below.
    restarting.catch(() => {});
    ask(api, prompt);
    if (index % 20 === 0) await offers.decide();
  }
  await restarting;
  await storm.end();
  t.diagnostic(
    `all asked after ${seconds(began)}; ${[...storm.counts].map((each) => each.join(" ")).join(", ")}`,
  );

  const isOver = (): Set<number> => {
    const over = answered(api, prompts);
    for (const [number, decisions] of offers.decisions) if (decisions.at(-1) === "drop") over.add(number);
    return over;
  };
  const deadline = performance.now() + REST_MS;
  while (isOver().size < PROMPTS) {
    if (performance.now() > deadline)
      assert.fail(`SOAK_SEED=${SEED}: ${await explain(home, prompts, isOver(), bridge.now)}`);
    await offers.decide();
    await sleep(250);
  }
  t.diagnostic(`all answered after ${seconds(began)}, ${api.calls().length} calls`);
  const grown = residentMegabytes(bridge.now.pid) - warm;
  t.diagnostic(`memory: ${warm.toFixed(1)} MB, then ${grown.toFixed(1)} MB more`);
  assert.equal(await bridge.now.stop(), 0, bridge.now.output());

  const offered = [...offers.decisions].map(([number, decisions]) => `${number} ${decisions.join(" ")}`);
  t.diagnostic(`offered: ${offered.join(", ") || "nothing"}`);
  assert.ok(offers.decisions.size >= 2, "what was cut off is offered");
  await checkRuns(home, prompts, offers);
  await checkJournal(home);
  const left = processesWhere((cwd) => cwd === home.folder);
  assert.deepEqual(
    left.map((pid) => `${pid} ${commandOf(pid)}`),
    [],
  );
  assert.ok(grown < MOST_GROWTH_MB, `${grown} MB more than before`);
  await countPace();
  t.diagnostic(`${storm.floodHits()} floods; early and over the limit so far: ${faultsOfPace.join(", ")}`);
  const [beforeKill = 0, afterKill = 0, beforeStop = 0, afterStop = 0, atEnd = 0] = faultsOfPace;
  const withoutRestart = beforeKill + (beforeStop - afterKill) + (atEnd - afterStop);
  // A loaded machine delivers together what left in time, and here a second is a tenth of one.
  const delivered = api.calls().length / 500;
  assert.ok(withoutRestart <= delivered, `only a restart forgets the pace: ${withoutRestart}`);
  assert.ok(atEnd <= 2 * CHATS.length + delivered, "and does so once in a chat");
  assert.deepEqual(api.violations, []);
  assert.equal(api.droppedEntities, 0);
});

/** The index of the prompt before which so much of all is asked. */
function at(part: number): number {
  return Math.round(PROMPTS * part);
}

function ask(api: BotApi, { chatId, command }: Prompt): void {
  const group = [GROUP, SUPERGROUP].find(({ id }) => id === chatId);
  if (!group) {
    api.say(chatId, command);
    return;
  }
  const last = fromBot(api, chatId).findLast(({ deleted }) => !deleted);
  // Every other time as a reply, once there is something to reply to.
  if (last && last.messageId % 2 === 0) {
    api.say(chatId, command, { from: group.userId, replyTo: last.messageId });
    return;
  }
  const name = `@${api.bot.username}`;
  const entities = [{ type: "mention", offset: 0, length: name.length }];
  api.say(chatId, `${name} ${command}`, { from: group.userId, entities });
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
