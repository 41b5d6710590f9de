/** What a tmux client in control mode tells (tmux(1), CONTROL MODE). */
export interface ControlListener {
  /** What the program has written. */
  output(bytes: Buffer): void;
  /** The answer to a command, in the order of the commands. */
  reply(lines: readonly string[], failed: boolean): void;
  /** The client has its session. */
  attached(): void;
}

const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;
const OUTPUT = Buffer.from("%output %");

/** Reads the lines of control mode from chunks of any size. */
export function controlLines(listener: ControlListener): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let reply: { readonly end: string; readonly lines: string[] } | undefined;
  let written: Buffer[] = [];
  const flush = (): void => {
    const bytes = written.length === 1 && written[0] ? written[0] : Buffer.concat(written);
    written = [];
    if (bytes.length > 0) listener.output(bytes);
  };

  function take(line: Buffer): void {
    // Nothing comes between the lines of an answer, and they may look like anything.
    if (!reply && line.subarray(0, OUTPUT.length).equals(OUTPUT)) {
      written.push(decoded(line.subarray(line.indexOf(0x20, OUTPUT.length) + 1)));
      return;
    }
    flush();
    const text = line.toString("utf8");
    if (!reply) {
      if (text.startsWith("%session-changed ")) listener.attached();
      if (text.startsWith("%begin ")) reply = { end: text.slice("%begin ".length), lines: [] };
      return;
    }
    const failed = text === `%error ${reply.end}`;
    if (!failed && text !== `%end ${reply.end}`) {
      reply.lines.push(text);
      return;
    }
    const { end, lines } = reply;
    reply = undefined;
    // The last number tells whether the command came from this client; the one that it was started with did not.
    if (end.endsWith(" 1")) listener.reply(lines, failed);
  }

  return (chunk) => {
    const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = all.indexOf(NEWLINE); end >= 0; end = all.indexOf(NEWLINE, start)) {
      take(all.subarray(start, end));
      start = end + 1;
    }
    rest = Buffer.from(all.subarray(start));
    flush();
  };
}

/** Control characters and backslashes come as `\` and three octal digits. */
function decoded(data: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(data.length);
  let length = 0;
  // Without functions: a variable of a loop that one of them holds costs an allocation for every byte.
  for (let at = 0; at < data.length; at++) {
    let byte = data[at] ?? 0;
    if (byte === BACKSLASH) {
      byte = (((data[at + 1] ?? 0) & 7) << 6) | (((data[at + 2] ?? 0) & 7) << 3) | ((data[at + 3] ?? 0) & 7);
      at += 3;
    }
    bytes[length++] = byte;
  }
  return bytes.subarray(0, length);
}
