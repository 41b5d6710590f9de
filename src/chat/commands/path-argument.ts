/** The path that was typed behind a command: as it stands, or in quotes as in a shell. */
export function pathArgument(args: string): string {
  const [, double, single] = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)')$/s.exec(args) ?? [];
  // POSIX.1-2017, shell command language, 2.2.3: what a backslash escapes between double quotes.
  return double?.replace(/\\(["\\$`])/g, "$1") ?? single ?? args;
}
