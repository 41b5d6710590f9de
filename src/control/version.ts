/** In each request and each answer: the version of whoever sends it. */
export const VERSION_HEADER = "nanogent-version";

/** Whether two versions understand each other: the first number stands for what is said on the socket. */
export function fits(one: string, other: string): boolean {
  return majorOf(one) === majorOf(other);
}

function majorOf(version: string): string {
  return /^\d+/.exec(version)?.[0] ?? version;
}
