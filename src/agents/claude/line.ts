import { asObject, type JsonObject } from "../json.ts";
import { shortenStrings } from "../shorten-json.ts";

// Of a tool's result only the id, the error mark and the error's first line are shown.
const LONG_RESULT_BYTES = 16_384;
const RESULT_STRING_BYTES = 1_024;

const RESULT_HEAD = Buffer.from('{"type":"user",');
const DELTA_HEAD = Buffer.from('{"type":"stream_event","event":{"type":"content_block_delta","index":');
const DELTA_KIND = Buffer.from(',"delta":{"type":"');
const UNUSED_DELTAS = ["input_json_delta", "thinking_delta", "signature_delta"].map((kind) =>
  Buffer.from(`${kind}"`),
);

/**
 * Reads one line of Claude Code's stream-json. Undefined for a line that carries nothing we use, told by its first
 * bytes: these are most of a long turn. Anything that does not look exactly like such a line is parsed.
 * Throws a SyntaxError when it is no JSON.
 */
export function parseClaudeLine(line: Buffer): JsonObject | undefined {
  if (isUnusedDelta(line)) return undefined;
  const isLongResult = line.length > LONG_RESULT_BYTES && startsWith(line, RESULT_HEAD, 0);
  const json = isLongResult ? shortenStrings(line, RESULT_STRING_BYTES) : line;
  return asObject(JSON.parse(json.toString("utf8")));
}

function isUnusedDelta(line: Buffer): boolean {
  if (!startsWith(line, DELTA_HEAD, 0)) return false;
  let at = DELTA_HEAD.length;
  while (isDigit(line[at] ?? 0)) at += 1;
  if (!startsWith(line, DELTA_KIND, at)) return false;
  return UNUSED_DELTAS.some((kind) => startsWith(line, kind, at + DELTA_KIND.length));
}

function startsWith(line: Buffer, head: Buffer, at: number): boolean {
  for (let index = 0; index < head.length; index += 1) {
    if (line[at + index] !== head[index]) return false;
  }
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
