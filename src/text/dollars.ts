/** An amount of US dollars for people: `$0.06`, `$12.50`, and `$0.0042` for less than a cent. */
export function dollars(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.01 ? 4 : 2)}`;
}
