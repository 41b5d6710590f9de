import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "../../src/jobs/job.ts";
import type { StoreRecord } from "../../src/store-record.ts";
import { type BotServer, startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, interleave, monotonic, toRow } from "./measure.ts";

const RECORDS = 10_000;
/** Far from those that the server gives. */
const FIRST_UPDATE = 500_000_000;

/**
 * From the start of a bridge that had been killed to its answer to a command that waited: by then it has polled, read
 * its journal and gone on with what was open. Next to the same with nothing in the journal.
 */
export const recovery: Bench = async ({ quick }) => {
  const server = await startBotServer();
  const lines = `${longJournal(RECORDS)
    .map((record) => JSON.stringify(record))
    .join("\n")}\n`;
  const [full = [], empty = []] = await interleave(quick ? 1 : 15, [
    () => timeToAnswer(server, lines),
    () => timeToAnswer(server, ""),
  ]);
  server.close();
  return [
    toRow({
      ...{ bench: "recovery", what: `killed, ${RECORDS} records`, unit: "ms", values: full },
      baseline: { what: "empty journal", values: empty },
      target: { of: "value", atMost: 300 },
    }),
  ];
};

async function timeToAnswer(server: BotServer, journal: string): Promise<number> {
  const folder = makeProject(server, { NANOGENT_AGENT: "shell" }, 4);
  await (await startBridge(server, folder)).kill();
  mkdirSync(join(folder, ".nanogent"), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, ".nanogent", "journal.jsonl"), journal, { mode: 0o600 });
  server.keep(["/status"]);
  const answered = server.nextCall(({ body }) => body.includes("Agent: shell"));
  const began = monotonic();
  const bridge = await startBridge(server, folder);
  const { at } = await answered;
  await bridge.kill();
  return at - began;
}

/** What a bridge has written that was killed in its work: jobs that are over, and then some of each other kind. At least `length` records. */
function longJournal(length: number): StoreRecord[] {
  const open = ["interrupted", "answered", "started", "queued", "queued"] as const;
  const last = open.flatMap((status, index) => lifeOf(length + index, status));
  const over: StoreRecord[] = [];
  for (let number = 1; over.length < length - last.length; number += 1) over.push(...lifeOf(number, "ended"));
  return [...over, ...last];
}

type Status = "queued" | "started" | "answered" | "interrupted" | "ended";

/** All records of one prompt up to a status. */
function lifeOf(number: number, status: Status): StoreRecord[] {
  // Not in the chat of the command: its answer is not to wait for theirs.
  const chatId = 2 + (number % 3);
  const id = `${number}-0f8fad5b`;
  const text = `echo "prompt number ${number} of those that were sent, about part ${number % 17}"`;
  const from = { id: chatId, is_bot: false, first_name: "Ada" };
  const chat = { id: chatId, type: "private" as const, first_name: "Ada" };
  const message = { message_id: number * 2, date: 1_700_000_000 + number, chat, from, text };
  const job: Job = {
    ...{ id, number, place: { chatId }, author: { id: chatId, name: "Ada" } },
    ...{ parts: [{ messageId: number * 2, text }], files: [], updates: [FIRST_UPDATE + number] },
    queuedAt: 1_700_000_000_000 + number,
  };
  const said = `prompt number ${number}\n${"  ✔ a test with a name of some length (3 ms)\n".repeat(8)}`;
  const answer = {
    text: `${said}\n✅ exit 0 · 41 s`,
    entities: [{ type: "pre" as const, offset: 0, length: said.length }],
  };
  const records: readonly (readonly [Status, StoreRecord])[] = [
    ["queued", { k: "update", update: { update_id: FIRST_UPDATE + number, message } }],
    ["queued", { k: "queued", job }],
    ["started", { k: "started", id }],
    // No process has this number.
    ["started", { k: "started", id, process: { pid: 4_194_305, startTime: "1" } }],
    ["started", { k: "shown", id, messages: [{ chatId, messageId: number * 2 + 1 }] }],
    ["answered", { k: "answered", id, answer: { outcome: "done", parts: [answer] } }],
    ["interrupted", { k: "interrupted", id, last: answer }],
    ["ended", { k: "ended", id, outcome: "done", at: 1_700_000_041_000 + number }],
  ];
  const order: readonly Status[] = ["queued", "started", "answered", "interrupted", "ended"];
  return records
    .filter(([from]) => order.indexOf(from) <= order.indexOf(status))
    .filter(([from]) => from !== "interrupted" || status === "interrupted")
    .map(([, record]) => record);
}
