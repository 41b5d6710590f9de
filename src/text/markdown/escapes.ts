/** Takes away backslash escapes and puts characters in the place of HTML entities. */
export function unescapeText(source: string): string {
  if (!/[\\&]/.test(source)) return source;
  return source.replace(/\\([!-/:-@[-`{-~])|&(?:#\w{1,8}|[a-z]{1,8});/gi, (match, escaped?: string) =>
    escaped === undefined ? htmlEntity(match) : escaped,
  );
}

/** The character of an entity such as `&lt;` or `&#39;`; one that is not known stays as it is. */
export function htmlEntity(entity: string): string {
  const name = entity.slice(1, -1);
  const known = NAMED.get(name);
  if (known !== undefined) return known;
  const [, hexadecimal, decimal] = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/i.exec(name) ?? [];
  const code = hexadecimal ? Number.parseInt(hexadecimal, 16) : decimal ? Number(decimal) : undefined;
  return code === undefined ? entity : character(code);
}

const NAMED = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
  ["nbsp", "\u00a0"],
]);

/** What must not stand in a message must not come in as a number either. */
function character(code: number): string {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return "\ufffd";
  if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x2028 && code <= 0x202e)) return " ";
  return String.fromCodePoint(code);
}
