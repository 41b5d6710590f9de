/** How much of a context is used, in percent. A window of no size is full. */
export function contextShare({
  contextTokens,
  contextWindow,
}: {
  readonly contextTokens: number;
  readonly contextWindow: number;
}): number {
  return contextWindow > 0 ? Math.round((100 * contextTokens) / contextWindow) : 100;
}
