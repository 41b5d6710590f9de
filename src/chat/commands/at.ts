import { readAt } from "../../schedules/read-timing.ts";
import { addSchedule } from "./add-schedule.ts";
import type { Command } from "./command.ts";

export const at: Command = {
  names: ["at"],
  usage: "18:30 PROMPT",
  summary: "Send a prompt later, once",
  detail:
    "/at 18:30 run the tests, /at tomorrow 9:00 … or /at 2026-12-24 18:30 …, by the clock of the machine that nanogent runs on. If the bridge is down then, it runs at the next start. /schedules lists what is planned.",
  run: (call) => addSchedule(readAt(call.args, call.facts.now()), call),
};
