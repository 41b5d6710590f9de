import { clockWords } from "../schedules/words.ts";

/** Who decided something and when, as it stands behind a verdict: ` by Ada, 09:00`. `at` in milliseconds since the epoch. */
export function byWhom(name: string, at: number): string {
  return ` by ${name}, ${clockWords(at)}`;
}
