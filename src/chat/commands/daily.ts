import { readDaily } from "../../schedules/read-timing.ts";
import { addSchedule } from "./add-schedule.ts";
import type { Command } from "./command.ts";

export const daily: Command = {
  names: ["daily"],
  usage: "[mon-fri] 9:00 PROMPT",
  summary: "Send a prompt every day, or on some days of the week",
  detail:
    "/daily 9:00 run the tests, /daily mon-fri 9:00 … or /daily sat,sun 9:00 …, by the clock of the machine that nanogent runs on. What was missed while the bridge was down runs once at the next start. /schedules lists what is planned.",
  run: (call) => addSchedule(readDaily(call.args), call),
};
