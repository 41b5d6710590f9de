import { BRIEFING } from "../briefing.ts";

const OPTION = "--append-system-prompt";

/**
 * Adds the briefing to the user's own arguments. What he adds to the system prompt himself stays: of an option that comes
 * twice Claude Code heeds only the last, and one from a file it does not take together with another one.
 */
export function withBriefing(args: readonly string[]): readonly string[] {
  if (args.some((word) => word.startsWith(`${OPTION}-file`))) return args;
  const at = args.findLastIndex((word) => word === OPTION || word.startsWith(`${OPTION}=`));
  if (at < 0) return [OPTION, BRIEFING, ...args];
  const word = args[at] ?? "";
  const words = word === OPTION ? 2 : 1;
  const own = words === 2 ? (args[at + 1] ?? "") : word.slice(OPTION.length + 1);
  return [...args.slice(0, at), OPTION, `${BRIEFING}\n\n${own}`, ...args.slice(at + words)];
}
