/** The longest rule that nanogent keeps, in characters. Agents propose a command as a whole where they cannot shorten it. */
export const LONGEST_RULE = 4_000;

// It becomes a word of the agent's command line, where it must not be an option.
const RULE = new RegExp(`^(?!-)[^\\p{Cc}]{1,${LONGEST_RULE}}$`, "u");

/** Whether nanogent can keep this as what an agent may always do. */
export function isLastingRule(rule: string): boolean {
  return RULE.test(rule);
}
