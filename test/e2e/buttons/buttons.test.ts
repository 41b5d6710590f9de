import assert from "node:assert/strict";
import test, { describe, type TestContext } from "node:test";
import type { SeenMessage } from "../../fakes/bot-api/view.ts";
import { answer, init, type Scenario, type Step, streamed, success } from "../../fakes/claude-cli.ts";
import { FLOWS, type Flow, type Trouble, type Which } from "./flows.ts";
import { buttonStage, eventually, GUEST, type Room, STRANGER, type Stage } from "./stage.ts";

type Play = (flow: Flow, room: Room, stage: Stage) => Promise<void>;

/** What happens in each trouble, and what must be so afterwards. */
const TROUBLES: Readonly<Record<Trouble, Play>> = {
  async "double tap"(flow, room) {
    const { card, button } = await opened(flow, room);
    const notices = await Promise.all([room.press(card, button), room.press(card, button)]);
    assert.ok(
      notices.some((text) => flow.notice.test(text)),
      notices.join(" | "),
    );
    for (const text of notices) assert.ok(flow.notice.test(text) || flow.late.test(text), text);
    await decided(flow, room, card);
  },
  async stranger(flow, room) {
    const { card, button } = await opened(flow, room);
    assert.equal(await room.press(card, button, STRANGER), "You may not use this bot.");
    await stillOpen(flow, room, card);
  },
  async guest(flow, room) {
    const { card, button } = await opened(flow, room);
    assert.match(await room.press(card, button, GUEST), flow.refused);
    await stillOpen(flow, room, card);
  },
  async decided(flow, room) {
    const { card, button } = await opened(flow, room);
    await room.press(card, button);
    await decided(flow, room, card);
    assert.match(await room.press(card, button), flow.late);
    await decided(flow, room, card, false);
  },
  async "turn over"(flow, room) {
    const { card, button } = await opened(flow, room);
    await room.goOn(overGate(flow));
    await room.until(/✅ /);
    await shows(room, card, flow.void);
    assert.match(await room.press(card, button), flow.late);
  },
  async "two at once"(flow, room) {
    await opened(flow, room, 2);
    for (const which of [2, 1] as const) {
      const card = await flow.card(room, which);
      await flow.prepare?.(room, card);
      assert.match(await room.press(card, await flow.button(room, which)), flow.notice);
      await decided(flow, room, card, true, which);
      if (which === 2) assert.deepEqual(await flow.effects(room, 1), [], "the other one waits on");
    }
  },
  async cancel(flow, room) {
    const { card, button } = await opened(flow, room);
    room.say("/cancel");
    await room.until(/⏹ Stopped by Ada/);
    await shows(room, card, flow.void);
    assert.match(await room.press(card, button), flow.late);
    if (flow.asks) assert.deepEqual(await flow.effects(room, 1), []);
  },
  async restart(flow, room, stage) {
    const { card, button } = await opened(flow, room);
    if (flow.afterRestart === "open") {
      await stage.restart();
      assert.match(await room.press(card, button), flow.notice);
      return decided(flow, room, card);
    }
    await room.isKept(card);
    await stage.restart();
    await shows(room, card, flow.afterRestart);
    assert.match(await room.press(card, button), flow.late);
    assert.deepEqual(await flow.effects(room, 1), []);
  },
};

// Most of the time goes by in waiting until a group may be written to again.
describe("buttons", { concurrency: 3 }, () => {
  for (const flow of FLOWS) test(flow.name, { concurrency: true }, (t) => playAll(flow, t));
});

async function playAll(flow: Flow, t: TestContext): Promise<void> {
  const troubles = (Object.keys(TROUBLES) as Trouble[]).filter((each) => !flow.without?.includes(each));
  const stage = await buttonStage(t, scenarioOf(flow, troubles));
  const rooms = new Map(troubles.map((trouble) => [trouble, stage.room(keyOf(trouble))]));
  if (flow.afterCrash) {
    for (const room of rooms.values()) room.say(room.key);
    for (const room of rooms.values()) await room.isKept(await room.until(/^Begun\./));
    await stage.restart();
  }
  const play = (trouble: Trouble) =>
    t.test(trouble, async () => {
      const room = rooms.get(trouble);
      if (room) await TROUBLES[trouble](flow, room, stage);
    });
  await Promise.all(troubles.filter((trouble) => trouble !== "restart").map(play));
  stage.checkAcknowledged();
  // Last, since it ends the others' agents.
  await play("restart");
  stage.checkAcknowledged({ restarted: true });
}

async function opened(flow: Flow, room: Room, count = 1): Promise<{ card: SeenMessage; button: string }> {
  await flow.open(room, count);
  const card = await flow.card(room, 1);
  if (count === 1) await flow.prepare?.(room, card);
  return { card, button: await flow.button(room, 1) };
}

/** What was decided has come to pass once, and the message says by whom and when. */
async function decided(
  flow: Flow,
  room: Room,
  card: SeenMessage,
  says = true,
  which: Which = 1,
): Promise<void> {
  if (says && flow.says !== undefined) room.answer(flow.says);
  await shows(room, card, flow.verdict);
  const effects = await eventually(async () => {
    const found = await flow.effects(room, which);
    return found.length > 0 ? found : undefined;
  }, `what comes of ${flow.name}`);
  assert.equal(effects.length, 1, effects.join("\n"));
  assert.match(effects[0] ?? "", flow.effect);
}

/** Nothing has happened, and whoever may can still decide. */
async function stillOpen(flow: Flow, room: Room, card: SeenMessage): Promise<void> {
  const button = await flow.button(room, 1);
  assert.deepEqual(await flow.effects(room, 1), []);
  assert.ok(JSON.stringify(room.now(card)?.keyboard).includes(button), "the button is still there");
  assert.match(await room.press(card, button), flow.notice);
  await decided(flow, room, card);
}

function shows(room: Room, card: SeenMessage, what: RegExp | "gone"): Promise<SeenMessage> {
  return what === "gone" ? room.loses(card) : room.shows(card, what);
}

function keyOf(trouble: Trouble): string {
  return `<${trouble}>`;
}

function overGate({ name }: Flow): string {
  return `go-${name.replace(/\W/g, "-")}`;
}

const INTERRUPTED: readonly Step[] = [
  { expect: { request: { subtype: "interrupt" } } },
  success("", { subtype: "error_during_execution", is_error: true }),
];
const ANSWERED: Step = { expect: { type: "control_response" } };
const RAN: readonly Step[] = [init(), ...answer("Ran."), success()];

/** What the agent does in each room. */
function scenarioOf(flow: Flow, troubles: readonly Trouble[]): Scenario {
  const steps = (trouble: Trouble): readonly Step[] => {
    const { asks } = flow;
    if (!asks) return [init(), ...streamed("Begun."), ...INTERRUPTED];
    if (trouble === "two at once") return [init(), asks(1), asks(2), ANSWERED, ANSWERED, success("Done.")];
    if (trouble === "cancel") return [init(), asks(1), ...INTERRUPTED];
    if (trouble === "turn over")
      return [init(), asks(1), { gate: "here", until: overGate(flow) }, success("Over.")];
    return [init(), asks(1), ANSWERED, success("Done.")];
  };
  const models = [
    { value: "big-1", displayName: "Big", description: "b", supportedEffortLevels: ["low", "high"] },
  ];
  const introduction = { subtype: "success", request_id: "initialize", response: { commands: [], models } };
  return {
    initialize: [{ line: { type: "control_response", response: introduction } }],
    ...Object.fromEntries(troubles.map((trouble) => [`${keyOf(trouble)} next`, RAN])),
    ...Object.fromEntries(troubles.map((trouble) => [keyOf(trouble), steps(trouble)])),
    "You were cut off": RAN,
  };
}
