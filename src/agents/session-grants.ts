/**
 * What has been allowed for the rest of a session. An agent remembers it only as long as its process lives, which often is
 * one turn; so it is remembered for the turns after that, as long as the bridge runs.
 */
export interface SessionGrants {
  /** True when all of these have been allowed before. False for none at all. */
  has(sessionId: string, keys: readonly string[]): boolean;
  add(sessionId: string, keys: readonly string[]): void;
  /** Everything that has been allowed in a session. */
  of(sessionId: string | undefined): readonly string[];
}

export function sessionGrants(): SessionGrants {
  const granted = new Map<string, Set<string>>();
  return {
    has(sessionId, keys) {
      const known = granted.get(sessionId);
      return known !== undefined && keys.length > 0 && keys.every((key) => known.has(key));
    },
    add(sessionId, keys) {
      granted.set(sessionId, new Set([...(granted.get(sessionId) ?? []), ...keys]));
    },
    of: (sessionId) => [...(granted.get(sessionId ?? "") ?? [])],
  };
}
