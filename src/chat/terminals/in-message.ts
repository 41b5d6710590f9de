/** The id of the session that a message of the bot is about. */
export function idInMessage(text: string | undefined): string | undefined {
  return /^🖥 (term-\d+)(?=\s)/.exec(text ?? "")?.[1];
}

/** The `@name` that a text begins with, and what stands behind it. */
export function nameIn(text: string): { readonly name: string; readonly behind: string } | undefined {
  const [, name, behind = ""] = /^@([A-Za-z0-9._-]+)(?:\s+([\s\S]+))?$/.exec(text.trim()) ?? [];
  return name === undefined ? undefined : { name, behind };
}

/** Whether a message can only be for a terminal, as far as that can be told without knowing any. */
export function saysTerminal({
  text,
  answers,
}: {
  readonly text: string;
  readonly answers?: string;
}): boolean {
  return idInMessage(answers) !== undefined || /^term-\d+$/.test(nameIn(text)?.name ?? "");
}
