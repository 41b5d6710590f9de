/** The shell of a machine or container of which nothing is known: bash when it is there, else whatever `sh` is. */
export const ANY_SHELL: readonly string[] = [
  "/bin/sh",
  "-c",
  "command -v bash >/dev/null 2>&1 && exec bash; exec sh",
];
