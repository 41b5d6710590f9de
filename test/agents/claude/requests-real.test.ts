import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { watch } from "../turns.ts";
import { onStage, options } from "./stage.ts";

const QUESTIONS = [
  {
    question: "Which color?",
    header: "Color",
    multiSelect: false,
    options: [
      { label: "Red", description: "warm" },
      { label: "Blue", description: "cold" },
    ],
  },
  {
    question: "Which sizes?",
    header: "Size",
    multiSelect: true,
    options: [
      { label: "S", description: "small" },
      { label: "L", description: "large" },
    ],
  },
];

test("real: questions come with their choices, and the answers reach the model", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({ tool: "AskUserQuestion", input: { questions: QUESTIONS }, id: "toolu_ask" });
    model.reply({ text: "Thanks." });
    const watched = watch(agent, { cwd, permissions: "skip" });
    const { request } = await watched.until("request");
    assert.ok(request.kind === "questions");
    assert.deepEqual(
      request.questions.map(({ id, header, multiple, options: choices }) => [
        id,
        header,
        multiple,
        choices.map(({ label }) => label),
      ]),
      [
        ["Which color?", "Color", false, ["Red", "Blue"]],
        ["Which sizes?", "Size", true, ["S", "L"]],
      ],
    );
    const answers = { "Which color?": ["Green, please"], "Which sizes?": ["S", "L"] };
    assert.ok(watched.turn.answer(request.id, { kind: "answers", answers }));
    assert.equal((await watched.end()).kind, "done");
    const result = (await model.untilRequest(2)).toolResult("toolu_ask") ?? "";
    assert.match(result, /"Which color\?"="Green, please".*"Which sizes\?"="S, L"/);
  }),
);

test("real: a plan is revised, then approved with edits accepted", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const path = join(cwd, "made.txt");
    model.reply({ tool: "ExitPlanMode", input: { plan: "# First\n\n1. Tabs" }, id: "toolu_1" });
    model.reply({ tool: "ExitPlanMode", input: { plan: "# Second\n\n1. Spaces" }, id: "toolu_2" });
    model.reply({ tool: "Write", input: { file_path: path, content: "x\n" } });
    model.reply({ text: "Done." });
    const watched = watch(agent, { cwd, permissions: "plan" });
    const { request: first } = await watched.until("request");
    assert.ok(first.kind === "plan");
    assert.equal(first.plan, "# First\n\n1. Tabs");
    watched.turn.answer(first.id, { kind: "deny", reason: "use spaces" });
    assert.equal((await model.untilRequest(2)).toolResult("toolu_1"), "use spaces");
    const second = await watched.request(2);
    assert.ok(second.kind === "plan" && second.plan.startsWith("# Second"));
    watched.turn.answer(second.id, { kind: "approve", edits: true });
    assert.equal((await watched.end()).kind, "done");
    assert.ok(existsSync(path), "the edit needs no further question");
  }),
);

test("real: what is allowed for the session is not asked again in it", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    for (const id of ["1", "2"]) model.reply({ tool: "Bash", input: { command: `npm test ${id}` } });
    model.reply({ text: "Done." });
    const watched = watch(agent, { cwd });
    const { request } = await watched.until("request");
    assert.ok(request.kind === "permission" && request.session);
    assert.deepEqual(request.always, { rules: ["Bash(npm test *)"], keeper: "nanogent" });
    watched.turn.answer(request.id, { kind: "allow", scope: "session" });
    assert.equal((await watched.end()).kind, "done");
    assert.equal(watched.events.filter(({ kind }) => kind === "request").length, 1);
  }),
);

test("real: a rule that nanogent keeps holds for the next turn", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({ tool: "Bash", input: { command: "npm test x" } });
    model.reply({ text: "Done." });
    const watched = watch(agent, { cwd, rules: ["Bash(npm test *)", "WebSearch"] });
    assert.equal((await watched.end()).kind, "done");
    assert.ok(!watched.events.some(({ kind }) => kind === "request"));
  }),
);

test("real: what is said during a tool joins the turn", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({ tool: "Bash", input: { command: "touch begun; sleep 0.5" } });
    model.reply({ text: "As you say." });
    const watched = watch(agent, { cwd, permissions: "skip" });
    while (!existsSync(join(cwd, "begun"))) await sleep(10);
    assert.equal(await watched.turn.steer("use tabs instead"), true);
    assert.equal((await watched.end()).kind, "done");
    assert.equal(model.requests.length, 2);
    assert.ok(model.requests[1]?.texts.some((text) => text.includes("use tabs instead")));
    assert.equal(await watched.turn.steer("too late"), false);
  }),
);

test("real: what is said while the last words are written is answered too, in the same turn", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const reply = model.hold();
    const watched = watch(agent, { cwd, permissions: "skip" });
    await reply.requested;
    reply.text("Here it is.");
    await watched.until("text");
    assert.equal(await watched.turn.steer("and now in German"), true);
    const late = model.hold();
    await sleep(200);
    reply.end();
    await late.requested;
    late.text("Hier ");
    // Longer than a program that takes nothing up is waited for.
    await sleep(5_500);
    late.text("ist es.");
    late.end();
    assert.equal((await watched.end()).kind, "done");
    assert.equal(watched.text(), "Here it is.¶Hier ist es.");
  }),
);

test("real: the mode changes during a turn, but not to one that needs another start", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({ tool: "Bash", input: { command: "npm test 1" } });
    model.reply({ tool: "Write", input: { file_path: join(cwd, "a.txt"), content: "a" } });
    model.reply({ text: "Done." });
    const watched = watch(agent, { cwd, permissions: "ask" });
    const { request } = await watched.until("request");
    assert.equal(await watched.turn.setMode("edits"), true);
    assert.equal(await watched.turn.setMode("skip"), false);
    watched.turn.answer(request.id, { kind: "deny", reason: "" });
    await watched.end();
    assert.equal(watched.events.filter(({ kind }) => kind === "request").length, 1);
    assert.ok(existsSync(join(cwd, "a.txt")));
  }),
);

test("real: the models are told, and the chosen one and its effort are used", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const models = await agent.models(cwd);
    assert.ok(models.some(({ id, efforts }) => id === "sonnet" && efforts.includes("high")));
    model.reply({ text: "Done." });
    await watch(agent, { cwd, model: "sonnet", effort: "high" }).end();
    assert.match(String(model.requests[0]?.body.model), /sonnet/);
  }),
);

test("real: a picture reaches the model as one", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    // One pixel.
    const base64 =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    model.reply({ text: "A pixel." });
    const images = [{ mediaType: "image/png", base64 }] as const;
    await watch(agent, { cwd, prompt: "what is this?", images }).end();
    const body = JSON.stringify(model.requests[0]?.body.messages);
    assert.match(body, /"type":"image","source":\{"type":"base64","media_type":"image\/png"/);
    assert.match(body, /what is this\?/);
  }),
);
