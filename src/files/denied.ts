/** Files that hold keys and passwords by their names, and the folders of tools that keep such files. */
const ALWAYS: readonly string[] = [
  ...[".git", ".nanogent", ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker/config.json"],
  ...[".env*", "*.env", "id_*", ".npmrc", ".netrc", "_netrc", ".pypirc", ".pgpass", ".htpasswd"],
  ...[
    ".git-credentials",
    "*.pem",
    "*.key",
    "*.ppk",
    "*.p8",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdbx",
  ],
];

/**
 * Tells which paths, relative to the project and with `/`, must not leave it. A folder that is denied takes all that is
 * in it along. Upper and lower case count the same: there are file systems to which they are.
 * @param globs more of them; `*`, `**` and `?` stand for others. One without a `/` is the name of a file or folder anywhere.
 */
export function deniedBy(globs: readonly string[]): (path: string) => boolean {
  const patterns = [...ALWAYS, ...globs].map(patternOf);
  return (path) => patterns.some((pattern) => pattern.test(path));
}

function patternOf(glob: string): RegExp {
  const path = glob.replace(/^(\.?\/)+|\/+$/g, "");
  const anywhere = ALWAYS.includes(glob) || !glob.replace(/\/+$/, "").includes("/");
  const body = path.replace(/\*\*\/?|[*?]|[^*?]+/g, (piece) => {
    if (piece === "**") return ".*";
    if (piece.startsWith("**")) return "(?:[^/]+/)*";
    if (piece === "*") return "[^/]*";
    if (piece === "?") return "[^/]";
    return piece.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  });
  return new RegExp(`^${anywhere ? "(?:.*[/])?" : ""}${body}(?:/.*)?$`, "isu");
}
