import { EVERY_DAY, type Timing } from "./schedule.ts";

const DAY_NAMES = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `every 2 h 30 min`, `once`, `daily at 09:00`, `Mon-Fri at 09:00`. */
export function timingWords(timing: Timing): string {
  switch (timing.kind) {
    case "every":
      return `every ${intervalWords(timing.ms)}`;
    case "at":
      return "once";
    case "daily": {
      const time = `${two(timing.hour)}:${two(timing.minute)}`;
      return timing.days.length === EVERY_DAY.length
        ? `daily at ${time}`
        : `${dayWords(timing.days)} at ${time}`;
    }
  }
}

/** `09:00` for a time of today, `tomorrow 09:00`, `2026-12-24 18:30`; by the local clock. */
export function momentWords(ms: number, now: number): string {
  const day = dayOf(ms, now);
  return day === "today" ? clockWords(ms) : `${day} ${clockWords(ms)}`;
}

/** The same inside a sentence: `at 09:00`, `tomorrow at 09:00`, `on 2026-12-24 at 18:30`. */
export function whenWords(ms: number, now: number): string {
  const day = dayOf(ms, now);
  const before = { today: "", tomorrow: "tomorrow " }[day] ?? `on ${day} `;
  return `${before}at ${clockWords(ms)}`;
}

function dayOf(ms: number, now: number): string {
  const day = dateWords(new Date(ms));
  const today = new Date(now);
  if (day === dateWords(today)) return "today";
  const tomorrow = new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1, 12);
  return day === dateWords(tomorrow) ? "tomorrow" : day;
}

/** `09:00`, by the local clock. */
export function clockWords(ms: number): string {
  const time = new Date(ms);
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

function intervalWords(ms: number): string {
  const units = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
    [1, "s"],
  ] as const;
  let left = Math.round(ms / 1_000);
  const words: string[] = [];
  for (const [seconds, unit] of units) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0) words.push(`${count} ${unit}`);
  }
  return words.join(" ");
}

/** Three days or more in a row become a range; the week begins on Monday. */
function dayWords(days: readonly number[]): string {
  const week = [1, 2, 3, 4, 5, 6, 0].map((day) => ({ name: DAY_NAMES[day] ?? "", on: days.includes(day) }));
  const words: string[] = [];
  for (let from = 0; from < week.length; from++) {
    if (!week[from]?.on) continue;
    let to = from;
    while (week[to + 1]?.on) to++;
    const names = week.slice(from, to + 1).map(({ name }) => name);
    words.push(...(names.length > 2 ? [`${names[0]}-${names.at(-1)}`] : names));
    from = to;
  }
  return words.join(", ");
}

/** `2026-12-24`, by the local clock. */
export function dateWords(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
