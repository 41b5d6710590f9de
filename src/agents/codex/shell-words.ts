/**
 * What a shell is told to run, of a command as Codex shows it: `/bin/bash -lc 'ls; pwd'` is `ls; pwd`. A command that does not
 * look exactly like that comes back as it is.
 */
export function commandScript(command: string): string {
  const [shell = "", option = "", script, ...others] = splitWords(command) ?? [];
  const isShell = /(^|\/)(ba|da|k|z)?sh$/.test(shell) && /^-l?c$/.test(option);
  return isShell && script !== undefined && others.length === 0 ? script : command;
}

/** The words as a shell would split them at (POSIX, Shell Command Language, 2.2); undefined when a quote is left open. */
function splitWords(command: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  // One piece of a word: white space, '…', "…", an escaped character, or plain text.
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/y;
  while (piece.lastIndex < command.length) {
    const match = piece.exec(command);
    if (!match) return undefined;
    const [, single, double, escaped, plain] = match;
    const text = single ?? double?.replace(/\\([$`"\\\n])/g, "$1") ?? escaped ?? plain;
    if (text !== undefined) word = (word ?? "") + text;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** Words as one line that a shell would split at the same places. */
export function joinWords(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}
