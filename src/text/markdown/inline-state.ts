import type { Run, Style } from "./emphasis.ts";

/** The inline tree in the order of reading: what is opened is closed again, the last opened first. */
export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "open"; readonly type: Style | "text_link"; readonly url?: string }
  | { readonly kind: "close" };

export const CLOSE: Inline = { kind: "close" };

/** What the inline parser knows while it goes through the source. */
export interface State {
  readonly source: string;
  /** The source is the end of a text that is still being written. */
  readonly growing: boolean;
  at: number;
  readonly pieces: (Inline | Run)[];
  /** Runs that are not yet paired. */
  readonly runs: Run[];
  /** Those still open, the innermost last. */
  readonly brackets: Bracket[];
  /** Where the backtick runs of each length are, the next one last. */
  ticks: Map<number, number[]> | undefined;
}

/** A `[` or `![` that may start a link. */
export interface Bracket {
  readonly at: number;
  readonly piece: number;
  readonly runs: number;
}

/** Takes this many characters of the source as they are. */
export function literal(state: State, length: number): void {
  put(state, state.source.slice(state.at, state.at + length), length);
}

/** Writes a text in the place of this many characters of the source. */
export function put(state: State, text: string, length: number): void {
  if (text !== "") state.pieces.push({ kind: "text", text });
  state.at += length;
}
