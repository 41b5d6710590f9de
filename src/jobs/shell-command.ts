import { resolve } from "node:path";
import { type Job, promptOf } from "./job.ts";

/** Whether a prompt is a command for the shell, whichever agent answers: `!git diff`. */
export function isShellCommand({ parts }: Pick<Job, "parts">): boolean {
  return promptOf({ parts, files: [] }).startsWith("!");
}

/** A `!` with nothing behind it. */
export function isEmptyCommand({ parts }: Pick<Job, "parts">): boolean {
  return promptOf({ parts, files: [] }).trim() === "!";
}

/**
 * What the shell is given: the text without its `!`, with the files that came along as `$1`, `$2` and so on, or a look at
 * files that came without a text. In a conversation of the shell's own, a `!` with a blank behind it is the shell's:
 * there it turns an exit code around.
 * @param folder That of the project, absolute: the shell may be elsewhere.
 */
export function commandOf(
  { parts, files, shell }: Pick<Job, "parts" | "files" | "shell">,
  folder: string,
): string {
  const command = promptOf({ parts, files: [] }).replace(shell ? /^!\s{0,}/ : /^!(?=\S)/, "");
  if (files.length === 0) return command;
  const names = files.map((file) => `'${resolve(folder, file).replaceAll("'", `'\\''`)}'`).join(" ");
  return command === "" ? `ls -l -- ${names}` : `set -- ${names}\n${command}`;
}

/** A prompt that has to begin with a `!` is written with a backslash before it. */
export function withoutEscape(prompt: string): string {
  return prompt.startsWith("\\!") ? prompt.slice(1) : prompt;
}
