/** The id of the session that a message of the bot is about. */
export function idInMessage(text: string): string | undefined {
  return /^🖥 (term-\d+)(?=\s)/.exec(text)?.[1];
}

/** What may be the name of a session, at the beginning of a text: `@name text`. */
export function nameBefore(text: string): string | undefined {
  return /^@([A-Za-z0-9._-]+)\s/.exec(text.trim())?.[1];
}
