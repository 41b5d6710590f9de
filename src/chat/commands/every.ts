import { readEvery } from "../../schedules/read-timing.ts";
import { addSchedule } from "./add-schedule.ts";
import type { Command } from "./command.ts";

export const every: Command = {
  names: ["every"],
  usage: "2h PROMPT",
  summary: "Send a prompt again and again",
  detail:
    "/every 2h run the tests: for the first time in two hours. 30m, 2h, 1h30m and 1d are times; one minute is the least. A run that is due while the last one still waits or runs is left out. /schedules lists what is planned.",
  run: (call) => addSchedule(readEvery(call.args), call),
};
