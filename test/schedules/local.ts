/** Times of day are those of the local clock: in these tests it is one with summer time. */
process.env.TZ = "Europe/Berlin";

/** `2026-03-29 02:30` by the local clock, in milliseconds since the epoch. */
export function local(text: string): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = text.split(/\D/).map(Number);
  return new Date(year, month - 1, day, hour, minute).getTime();
}
