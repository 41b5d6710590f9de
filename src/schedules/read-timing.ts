import { nextTime } from "./next-time.ts";
import { EVERY_DAY, LONGEST_MS, SHORTEST_MS, type Timing } from "./schedule.ts";

/** What was asked for, or what is wrong with it: a sentence for the chat. */
export type Asked = { readonly timing: Timing; readonly prompt: string } | { readonly fault: string };

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

const EVERY = "such as /every 2h run the tests (m, h and d are minutes, hours and days)";
const AT = "such as /at 18:30 run the tests, /at tomorrow 9:00 … or /at 2026-12-24 18:30 …";
const DAILY = "such as /daily 9:00 run the tests or /daily mon-fri 9:00 …";

/** `2h run the tests` */
export function readEvery(args: string): Asked {
  const [, time = "", prompt = ""] = /^(\S*)\s*([\s\S]*)$/.exec(args) ?? [];
  if (!/^(\d+[smhd])+$/i.test(time)) return { fault: `Say how often, then what, ${EVERY}.` };
  let ms = 0;
  for (const [, count, unit = ""] of time.matchAll(/(\d+)([smhd])/gi))
    ms += Number(count) * (UNIT_MS[unit.toLowerCase()] ?? 0);
  if (ms < SHORTEST_MS) return { fault: "That is too often: one minute is the least, such as /every 1m …" };
  if (ms > LONGEST_MS) return { fault: "That is too seldom: a year is the most, such as /every 365d …" };
  return withPrompt({ kind: "every", ms }, prompt, EVERY);
}

/** `18:30 run the tests`, `tomorrow 9:00 …`, `2026-12-24 18:30 …` */
export function readAt(args: string, now: number): Asked {
  const match = /^(?:(today|tomorrow|\d+-\d+-\d+)\s+)?(\d+):(\d+)(?:\s+([\s\S]*))?$/i.exec(args);
  const time = match && readTime(match[2], match[3]);
  if (!match || !time) return { fault: `Say when, then what, ${AT}.` };
  const day = match[1]?.toLowerCase();
  const at = day === undefined ? soonest(time, now) : onDay(day, time, now);
  if (at === undefined)
    return { fault: `There is no such day: ${day}. Write it as in /at 2026-12-24 18:30 …` };
  if (at <= now)
    return { fault: "That time is over already. Say one that is to come, such as /at tomorrow 9:00 …" };
  return withPrompt({ kind: "at", at }, match[4] ?? "", AT);
}

/** `9:00 run the tests`, `mon-fri 9:00 …` */
export function readDaily(args: string): Asked {
  const match = /^(?:([a-z,-]+)\s+)?(\d+):(\d+)(?:\s+([\s\S]*))?$/i.exec(args);
  const time = match && readTime(match[2], match[3]);
  if (!match || !time) return { fault: `Say at which time, then what, ${DAILY}.` };
  const days = match[1] === undefined ? EVERY_DAY : readDays(match[1].toLowerCase());
  if (!days) return { fault: `“${match[1]}” are no days. Write mon, mon-fri or sat,sun, ${DAILY}.` };
  return withPrompt({ kind: "daily", ...time, days }, match[4] ?? "", DAILY);
}

function withPrompt(timing: Timing, prompt: string, example: string): Asked {
  if (prompt.trim() === "") return { fault: `The prompt is missing: say what is to be done, ${example}.` };
  return { timing, prompt: prompt.trim() };
}

interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

function readTime(hours = "", minutes = ""): TimeOfDay | undefined {
  const [hour, minute] = [Number(hours), Number(minutes)];
  return hours.length <= 2 && minutes.length === 2 && hour < 24 && minute < 60 ? { hour, minute } : undefined;
}

function soonest(time: TimeOfDay, now: number): number | undefined {
  return nextTime({ kind: "daily", ...time, days: EVERY_DAY }, now);
}

function onDay(day: string, { hour, minute }: TimeOfDay, now: number): number | undefined {
  const today = new Date(now);
  if (!day.includes("-")) {
    const date = today.getDate() + (day === "tomorrow" ? 1 : 0);
    return new Date(today.getFullYear(), today.getMonth(), date, hour, minute).getTime();
  }
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  if (year < 1970 || year > 9999) return undefined;
  const noon = new Date(year, month - 1, date, 12);
  // 30 February would be taken for 2 March.
  if (noon.getMonth() !== month - 1 || noon.getDate() !== date) return undefined;
  return new Date(year, month - 1, date, hour, minute).getTime();
}

const DAY_NAMES = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** `mon`, `mon-fri`, `sat,sun`, `fri-mon`; undefined when it is none of these. */
function readDays(text: string): readonly number[] | undefined {
  const days = new Set<number>();
  for (const range of text.split(",")) {
    const ends = range.split("-").map((name) => DAY_NAMES.indexOf(name));
    const [first = -1, last = first] = ends;
    if (first < 0 || last < 0 || ends.length > 2) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return [...days].toSorted();
}
