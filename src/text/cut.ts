/** The first characters of a text, in UTF-16 units, without half of a pair at the end: that would be no character. */
export function cut(text: string, length: number): string {
  return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");
}
