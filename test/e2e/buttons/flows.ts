import type { SeenMessage } from "../../fakes/bot-api/view.ts";
import { canUseTool, type Step } from "../../fakes/claude-cli.ts";
import { eventually, type Room } from "./stage.ts";

/** What may come in between. */
export type Trouble =
  | "double tap"
  | "stranger"
  | "guest"
  | "decided"
  | "turn over"
  | "two at once"
  | "cancel"
  | "restart";

/** Which of two things that are open at once. */
export type Which = 1 | 2;

/** A button, from its coming into the chat to what comes of it. */
export interface Flow {
  readonly name: string;
  /** What the agent asks for; without that it works until it is stopped. */
  readonly asks?: (which: Which) => Step;
  /** Jobs were running here when the bridge was killed. */
  readonly afterCrash?: true;
  /** Troubles without a meaning. */
  readonly without?: readonly Trouble[];
  /** Brings `count` of them into the chat. */
  open(room: Room, count: number): Promise<void>;
  card(room: Room, which: Which): Promise<SeenMessage>;
  /** What is pressed before. */
  prepare?(room: Room, card: SeenMessage): Promise<void>;
  button(room: Room, which: Which): string | Promise<string>;
  /** What is written after the press. */
  readonly says?: string;
  /** What comes of it, once for each time. */
  effects(room: Room, which: Which): Promise<readonly string[]>;
  readonly effect: RegExp;
  /** What whoever presses gets to read: when it counts, when it comes too late, and when he may not. */
  readonly notice: RegExp;
  readonly late: RegExp;
  readonly refused: RegExp;
  /** What the message says from then on: who, and when. */
  readonly verdict: RegExp | "gone";
  /** What it says when nobody can decide any more. `open`: after a restart the button works as before. */
  readonly void: RegExp | "gone";
  readonly afterRestart: RegExp | "gone" | "open";
}

const WHO = String.raw` by Ada, \d\d:\d\d$`;
const REFUSED = /^Only its author and owners may do that\.$/;

/** What an agent asks for, with the answer that it gets. */
function asked(
  name: string,
  asks: (which: Which) => Step,
  button: string,
  effect: RegExp,
  verdict: string,
  more: Partial<Flow> = {},
): Flow {
  return {
    ...{ name, asks, effect, refused: REFUSED, late: /no longer open/, notice: /^[✅⛔💬]/u },
    open: async (room) => void room.say(room.key),
    card: (room, which) => room.until(new RegExp(`req_${which}`), button),
    button: () => button,
    async effects(room, which) {
      const input = (await room.agents(room.key)).flatMap((start) => start.input);
      const responses = input
        .filter(({ type }) => type === "control_response")
        .map(({ response }) => JSON.stringify(response));
      return responses.filter((response) => response.includes(`"request_id":"req_${which}"`));
    },
    verdict: new RegExp(`${verdict}${WHO}`),
    void: /\n\nNo longer needed, \d\d:\d\d$/,
    afterRestart: /No longer open: the bridge went down meanwhile\./,
    ...more,
  };
}

const RULE = {
  type: "addRules",
  rules: [{ toolName: "Bash", ruleContent: "npm test *" }],
  behavior: "allow",
  destination: "localSettings",
};
const permission = (which: Which) =>
  canUseTool("Bash", { command: `npm test req_${which}` }, `req_${which}`, {
    permission_suggestions: [RULE],
  });
const WRITES = { notice: /your next message/ };

const options = ["Red", "Blue"].map((label) => ({ label, description: label }));
const question = (multiSelect: boolean) => (which: Which) =>
  canUseTool(
    "AskUserQuestion",
    { questions: [{ question: `Which for req_${which}?`, header: "H", multiSelect, options }] },
    `req_${which}`,
  );
const plan = (which: Which) => canUseTool("ExitPlanMode", { plan: `# Plan req_${which}` }, `req_${which}`);

const ASKED: readonly Flow[] = [
  asked(
    "allow once",
    permission,
    "✅ Allow once",
    /"behavior":"allow","updatedInput":\{[^}]*\}\}/,
    "✅ Allowed once",
  ),
  asked(
    "allow for the session",
    permission,
    "✅ For this session",
    /"destination":"session"/,
    "✅ Allowed for this session",
  ),
  asked("allow always", permission, "✅ Always", /"destination":"session"/, "✅ Always allowed"),
  asked("deny", permission, "⛔ Deny", /"deny","message":"The user does not allow this\."/, "⛔ Denied"),
  asked(
    "deny and say why",
    permission,
    "⛔ Deny and say why",
    /"deny","message":"too slow"/,
    "⛔ Denied \\(“too slow”\\)",
    {
      says: "too slow",
      ...WRITES,
    },
  ),
  asked("one choice", question(false), "Blue", /"answers":\{"Which for req_\d\?":"Blue"\}/, "💬 Blue"),
  asked("several choices", question(true), "✔ Done", /"answers":\{"Which for req_\d\?":"Blue"\}/, "💬 Blue", {
    async prepare(room, card) {
      await room.press(card, "☐ Blue");
      await room.until(new RegExp(/req_\d/.exec(card.text)?.[0] ?? ""), "☑ Blue");
    },
  }),
  asked("free text", question(false), "✍ Other …", /"answers":\{"Which for req_\d\?":"Green"\}/, "💬 Green", {
    says: "Green",
    ...WRITES,
  }),
  asked("approve a plan", plan, "✅ Approve", /"behavior":"allow","updatedInput":\{[^}]*\}\}/, "✅ Approved"),
  asked(
    "approve a plan with edits",
    plan,
    "✅ Approve and accept edits",
    /"mode":"acceptEdits"/,
    "✅ Approved, edits are accepted",
  ),
  asked(
    "revise a plan",
    plan,
    "✍ Revise …",
    /"deny","message":"smaller"/,
    "✍ To be revised \\(“smaller”\\)",
    {
      says: "smaller",
      ...WRITES,
    },
  ),
];

/** The prompts that wait behind one that runs. */
const QUEUED: Pick<Flow, "open" | "card" | "late" | "void" | "afterRestart" | "without"> = {
  async open(room, count) {
    room.say(room.key);
    await room.until(/^Begun\./, "stop:");
    for (let which = 1; which <= count; which += 1) {
      room.say(`${room.key} next ${which}`);
      await room.until(new RegExp(`Queued as number ${which}`));
    }
  },
  card: (room, which) => room.until(new RegExp(`Queued as number ${which}`)),
  late: /^It does not wait any more/,
  // What waits runs when the turn before it has ended, or after a restart.
  void: "gone",
  afterRestart: "gone",
  // It is over with the decision.
  without: ["turn over"],
};

/** The end of what ran, if it was interrupted. */
async function interrupts(room: Room): Promise<readonly string[]> {
  const [busy] = await room.agents(`${room.key}"`);
  return (busy?.input ?? [])
    .map((line) => JSON.stringify(line))
    .filter((line) => line.includes('"interrupt"'));
}

async function jobIds(room: Room, text: string): Promise<Set<string>> {
  const jobs = (await room.journal()).flatMap((record) => (record.k === "queued" ? [record.job] : []));
  return new Set(jobs.filter(({ parts }) => parts.some((part) => part.text === text)).map(({ id }) => id));
}

const JOBS: readonly Flow[] = [
  {
    name: "stop",
    open: async (room) => void room.say(room.key),
    card: (room) => room.until(/^Begun\./, "stop:"),
    button: () => "⏹ Stop",
    effects: interrupts,
    effect: /interrupt/,
    notice: /^Stopping …$/,
    late: /^It is not running any more\.$/,
    refused: REFUSED,
    verdict: /⏹ Stopped by Ada, \d\d:\d\d/,
    void: /⏹ Stopped by Ada, \d\d:\d\d/,
    afterRestart: /Interrupted: the bridge went down/,
    // In one chat one job runs, and with it its turn is over.
    without: ["two at once", "turn over"],
  },
  {
    ...QUEUED,
    name: "steer",
    button: () => "↪ Steer",
    async effects(room, which) {
      const [busy] = await room.agents(`${room.key}"`);
      const users = (busy?.input ?? [])
        .filter(({ type }) => type === "user")
        .map((line) => JSON.stringify(line));
      return users.filter((line) => line.includes(`next ${which}`));
    },
    effect: /next/,
    notice: /^It joins the running turn\.$/,
    refused: /^Only the authors of both prompts and owners may do that\.$/,
    verdict: /^↪ Joined the running turn: “[^”]*” · Ada, \d\d:\d\d$/,
  },
  {
    ...QUEUED,
    name: "interrupt and run now",
    button: () => "⏩ Interrupt and run now",
    async effects(room, which) {
      const runs = await room.agents(`${room.key} next ${which}`);
      return runs.length === 0 ? [] : [...(await interrupts(room)), ...runs.slice(1).map(() => "again")];
    },
    effect: /interrupt/,
    notice: /^Stopping what runs; this is next\.$/,
    refused: /^Only the authors of both prompts and owners may do that\.$/,
    verdict: "gone",
    // The other one runs next, whatever is pressed.
    without: ["turn over", "two at once"],
  },
  {
    ...QUEUED,
    name: "remove from the queue",
    button: () => "✖ Remove",
    async effects(room, which) {
      const ids = await jobIds(room, `${room.key} next ${which}`);
      const ends = (await room.journal()).flatMap((each) =>
        each.k === "ended" && ids.has(each.id) ? [each.outcome] : [],
      );
      return ends.filter((outcome) => outcome === "removed");
    },
    effect: /removed/,
    notice: /^Removed\.$/,
    refused: REFUSED,
    verdict: /^✖ Removed from the queue: “[^”]*” · Ada, \d\d:\d\d$/,
  },
];

/** A job that was cut off: what is decided about it replaces it, or ends it. */
function remedy(name: string, button: string, notice: RegExp, verdict: string, effect: RegExp): Flow {
  return {
    ...{
      name,
      notice,
      effect,
      afterCrash: true,
      refused: REFUSED,
      late: /^This has been decided already\.$/,
    },
    open: async (room) => void (await room.until(/Interrupted: the bridge went down/, button)),
    card: (room) => room.until(/Interrupted: the bridge went down/),
    button: () => button,
    async effects(room) {
      const ids = await jobIds(room, room.key);
      return (await room.journal()).flatMap((each) => {
        if (each.k === "queued" && each.replaces !== undefined && ids.has(each.replaces)) return ["queued"];
        return each.k === "ended" && ids.has(each.id) && each.outcome === "dropped" ? ["dropped"] : [];
      });
    },
    verdict: new RegExp(`${verdict}${WHO}`),
    void: "gone",
    afterRestart: "open",
    // In one chat one job runs, so one can be cut off; and with nothing that runs there is no turn to end.
    without: ["two at once", "turn over", "cancel"],
  };
}

const REMEDIES: readonly Flow[] = [
  remedy("resume", "▶ Resume", /^Resumes\.$/, "▶ Resumed", /queued/),
  remedy("run again", "🔁 Run again", /^Runs again\.$/, "🔁 Run again", /queued/),
  remedy("drop", "✖ Drop", /^Dropped\.$/, "✖ Dropped", /dropped/),
];

/** A list to choose from. To choose the same twice is to choose it once, so its effect is what is chosen. */
function choice(command: string, list: RegExp, button: string, value: string): Flow {
  return {
    name: `/${command}`,
    open: async (room) => void room.say(`/${command}`),
    card: (room) => room.until(list, button),
    button: () => button,
    async effects(room) {
      const choices = (await room.journal()).flatMap((each) =>
        each.k === "choice" && each.conversation === String(room.chat.id) ? [each.value ?? "-"] : [],
      );
      return [...new Set(choices)];
    },
    effect: new RegExp(`^${value}$`),
    notice: new RegExp(value),
    late: new RegExp(value),
    refused: /^Only owners may choose that\.$/,
    verdict: new RegExp(`Chosen${WHO}`),
    void: "gone",
    afterRestart: "open",
    // It belongs to no turn, and any number of lists may be open: the last press counts.
    without: ["two at once", "turn over", "cancel"],
  };
}

const CHOICES: readonly Flow[] = [
  choice("mode", /^The agent's mode here/, "edits", "edits"),
  choice("model", /^The model here/, "Big", "big-1"),
  choice("effort", /^The effort here/, "high", "high"),
  choice("agent", /^Here answers/, "shell", "shell"),
  choice("sandbox", /^Codex's sandbox here/, "read-only", "read-only"),
];

async function scheduleId(room: Room, which: Which): Promise<string> {
  const found = (await room.journal()).find(
    (each) => each.k === "scheduled" && each.schedule.prompt === `${room.key} ${which}`,
  );
  return found?.k === "scheduled" ? found.schedule.id : "";
}

/** A planned prompt. All are in one list, so a button is named by what it sends. */
function planned(
  name: string,
  action: string,
  notice: RegExp,
  late: RegExp,
  verdict: string,
  more: Partial<Flow> = {},
): Flow {
  return {
    ...{ name, notice, late, refused: REFUSED },
    async open(room, count) {
      for (let which = 1; which <= count; which += 1) {
        room.say(`/every 2h ${room.key} ${which}`);
        await eventually(async () => (await scheduleId(room, which as Which)) || undefined, "the schedule");
      }
      room.say("/schedules");
    },
    async card(room, which) {
      const id = await scheduleId(room, which);
      if (action !== "sched-on") return room.until(/^1\. /, `${action}:${id}`);
      await room.press(await room.until(/^1\. /, id), `sched-off:${id}`);
      return room.until(/^1\. /, `${action}:${id}`);
    },
    button: async (room, which) => `${action}:${await scheduleId(room, which)}`,
    async effects(room, which) {
      const id = await scheduleId(room, which);
      const all = (await room.journal()).flatMap((each) => {
        if (each.k === "unscheduled") return each.id === id ? ["deleted"] : [];
        if (each.k !== "rescheduled" || each.schedule.id !== id) return [];
        return [each.schedule.paused ? "paused" : "resumed"];
      });
      // What is to be resumed was paused before.
      return action === "sched-on" ? all.slice(1) : all;
    },
    effect: new RegExp(verdict),
    verdict: new RegExp(`“<[^”]*”: ${verdict}${WHO}`),
    void: "gone",
    afterRestart: "open",
    // It belongs to no turn.
    without: ["turn over", "cancel"],
    ...more,
  };
}

const SCHEDULES: readonly Flow[] = [
  planned("pause a schedule", "sched-off", /^Paused\.$/, /^Paused\.$/, "paused"),
  planned("resume a schedule", "sched-on", /^Resumed\.$/, /^Resumed\.$/, "resumed"),
  planned("delete a schedule", "sched-del", /^Deleted\.$/, /^It is over, or was deleted already/, "deleted"),
];

export const FLOWS: readonly Flow[] = [...ASKED, ...JOBS, ...REMEDIES, ...CHOICES, ...SCHEDULES];
