import { quoted } from "../host/launch.ts";

/** A command line that starts Claude Code for a person. */
export interface ClaudeCommand {
  /** What the session is called. */
  readonly label: string;
  /** It comes with settings of the person's own for this session, which ours would take the place of. */
  readonly hasSettings: boolean;
  /** The same command line, with a file of settings for this session alone. */
  withSettings(path: string): string;
  /** The command line as it is, with the program that is set. */
  readonly plain: string;
}

const SKIPS = /(^|\s)(--dangerously-skip-permissions|--permission-mode[= ]bypassPermissions)(?=\s|$)/;

/**
 * Reads a command line whose first word is Claude Code; undefined for any other.
 * @param program The Claude Code that is set (`NANOGENT_CLAUDE`), a name or a path.
 */
export function readClaudeCommand(command: string, program: string): ClaudeCommand | undefined {
  const [, word = "", rest = ""] = /^(\S+)((?:\s[\s\S]*)?)$/.exec(command.trim()) ?? [];
  if (word !== "claude" && word !== program) return undefined;
  const name = /^[\w./-]+$/.test(program) ? program : quoted(program);
  return {
    label: SKIPS.test(rest) ? `Claude without permissions${rest.replace(SKIPS, "")}` : `claude${rest}`,
    hasSettings: /(^|\s)--settings(?=[\s=]|$)/.test(rest),
    withSettings: (path) => `${name} --settings ${quoted(path)}${rest}`,
    plain: `${name}${rest}`,
  };
}
