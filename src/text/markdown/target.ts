import { unescapeText } from "./escapes.ts";

export interface Target {
  readonly url: string;
  /** Position after the closing parenthesis. */
  readonly end: number;
}

/**
 * Reads `(url "title")` from `at`, the position of the parenthesis
 * (https://spec.commonmark.org/0.31.2/#inline-link). The title is not shown anywhere and so is dropped.
 * @returns "cut" when the text ends before the link does, undefined when it is no link
 */
export function readTarget(source: string, at: number): Target | "cut" | undefined {
  let position = skipSpace(source, at + 1);
  const destination = readDestination(source, position);
  if (typeof destination !== "object") return destination;
  position = skipSpace(source, destination.end);
  if (position > destination.end && TITLE_START.test(source.charAt(position))) {
    const end = titleEnd(source, position);
    if (typeof end !== "number") return end;
    position = skipSpace(source, end);
  }
  if (position >= source.length) return "cut";
  return source[position] === ")" ? { url: unescapeText(destination.url), end: position + 1 } : undefined;
}

/**
 * Whether Telegram takes a URL for a `text_link`. Those it does not take it refuses with an error or drops
 * without a word: hosts without a dot (`localhost`), ports that are none; and it reads `mailto:a@b.c` as the web page
 * `http://mailto:a@b.c/` (`LinkManager::check_link_impl` and `parse_url` in TDLib).
 */
export function isLinkable(url: string): boolean {
  const match = WEB.exec(url);
  if (!match) return /^tg:\/\/[\w-]+(?:[/?#]|$)/i.test(url);
  const { host = "", port } = match.groups ?? {};
  return /^[^.].*\./.test(host) && (port === undefined || (Number(port) > 0 && Number(port) < 65536));
}

const WEB =
  /^https?:\/\/(?:[\w.!$,~'();&+=:-]*@)?(?<host>[\w.\u0080-\uffff-]+)(?::(?<port>\d{1,5}))?(?:[/?#]|$)/i;
const TITLE_START = /["'(]/;
const MAX_PARENTHESES = 8;

function readDestination(source: string, at: number): { url: string; end: number } | "cut" | undefined {
  if (source[at] === "<") return readBracketed(source, at);
  let depth = 0;
  let end = at;
  for (; end < source.length; end++) {
    const character = source.charAt(end);
    if (character === "\\") end++;
    else if (/\s/.test(character)) break;
    else if (character === "(" && ++depth > MAX_PARENTHESES) return undefined;
    else if (character === ")" && --depth < 0) break;
  }
  if (end >= source.length) return "cut";
  return depth > 0 ? undefined : { url: source.slice(at, end), end };
}

function readBracketed(source: string, at: number): { url: string; end: number } | "cut" | undefined {
  for (let end = at + 1; end < source.length; end++) {
    const character = source.charAt(end);
    if (character === "\\") end++;
    else if (character === ">") return { url: source.slice(at + 1, end), end: end + 1 };
    else if (character === "<" || character === "\n") return undefined;
  }
  return "cut";
}

function titleEnd(source: string, at: number): number | "cut" | undefined {
  const quote = source.charAt(at);
  const last = quote === "(" ? ")" : quote;
  for (let end = at + 1; end < source.length; end++) {
    const character = source.charAt(end);
    if (character === "\\") end++;
    else if (character === last) return end + 1;
    else if (character === "(" && quote === "(") return undefined;
  }
  return "cut";
}

/** At most one line break may stand there, but paragraphs hold no blank lines anyway. */
function skipSpace(source: string, at: number): number {
  let position = at;
  while (source[position] === " " || source[position] === "\n") position++;
  return position;
}
