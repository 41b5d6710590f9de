/** Takes the mark out of the output by which the wrapper tells that its program has ended, and with which code. */
export interface EndMark {
  /** @returns what the program itself has written, and the code once the mark has come whole. */
  push(chunk: Buffer): { readonly bytes: Buffer; readonly code?: number };
}

const ESC = 0x1b;
const BEL = 0x07;
const LONGEST_CODE = 4;

/** @param secret What the program does not know, so that it cannot write a mark of its own by chance. */
export function endMark(secret: string): EndMark {
  const mark = Buffer.from(`\x1b]7717;${secret};`);
  let held: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      const all = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      held = Buffer.alloc(0);
      const at = all.indexOf(mark);
      if (at >= 0) {
        const end = all.indexOf(BEL, at);
        if (end >= 0)
          return { bytes: all.subarray(0, at), code: Number(all.toString("latin1", at + mark.length, end)) };
        held = all.subarray(at);
        return { bytes: all.subarray(0, at) };
      }
      // It may be cut anywhere.
      const begun = all.indexOf(ESC, Math.max(0, all.length - mark.length - LONGEST_CODE));
      for (let from = begun; from >= 0; from = all.indexOf(ESC, from + 1)) {
        const tail = all.subarray(from);
        if (!mark.subarray(0, tail.length).equals(tail)) continue;
        held = tail;
        return { bytes: all.subarray(0, from) };
      }
      return { bytes: all };
    },
  };
}
