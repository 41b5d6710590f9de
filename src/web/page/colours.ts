/** Reads Telegram's colours: JSON of `#rrggbb` values. What is not a colour is left out, as it goes into style sheets. */
export function parseColours(json: string | undefined): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(json ?? "{}");
    if (typeof parsed !== "object" || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter(
        ([, value]) => typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value),
      ),
    );
  } catch {
    return {};
  }
}

/** @param colour `#rrggbb` */
export function isDark(colour: string): boolean {
  const part = (at: number): number => Number.parseInt(colour.slice(at, at + 2), 16);
  return 0.299 * part(1) + 0.587 * part(3) + 0.114 * part(5) < 128;
}
