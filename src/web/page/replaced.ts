/** The keys that make one text out of another behind the cursor: as many backspaces as it takes, then what is new. */
export function replaced(old: string, next: string): string {
  const [before, after] = [[...old], [...next]];
  let same = 0;
  while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
  return "\x7f".repeat(before.length - same) + after.slice(same).join("");
}
