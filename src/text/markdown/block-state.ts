import type { Block } from "./block.ts";
import type { Fence } from "./block-start.ts";

/** What the block parser knows between two lines. */
export interface State {
  /** Open containers, the outermost first. */
  readonly stack: Container[];
  /** The block that the next line may go on with; it lies in the innermost container. */
  leaf: Leaf | undefined;
  /** A blank line stands between the last block and the next. */
  blank: boolean;
}

export type Container =
  | { readonly kind: "document" | "quote"; readonly blocks: Block[] }
  | {
      readonly kind: "item";
      readonly blocks: Block[];
      /** Columns of the marker and of the text, counted from where the lines of the outer container start. */
      readonly indent: number;
      readonly width: number;
    };

export type Leaf =
  | { readonly kind: "paragraph"; readonly lines: string[] }
  | { readonly kind: "table"; readonly rows: string[][] }
  | { readonly kind: "indented"; readonly lines: string[] }
  | { readonly kind: "fence"; readonly lines: string[]; readonly fence: Fence; readonly indent: number };

/** Where the parser stands in a line. */
export interface Cursor {
  readonly line: string;
  at: number;
  /** How many of the open containers the line belongs to. */
  depth: number;
  /** The end of a growing text. */
  readonly last: boolean;
}

/** Closes the containers from a depth on, and with them the block that was open in the innermost. */
export function closeTo(state: State, depth: number): void {
  if (depth >= state.stack.length) return;
  state.stack.length = depth;
  state.leaf = undefined;
}

/** Adds a block to the container at this depth, which is then the innermost; no line goes on with the last block. */
export function addBlock(state: State, depth: number, block: Block): void {
  closeTo(state, depth);
  state.leaf = undefined;
  state.stack.at(-1)?.blocks.push(block);
  state.blank = false;
}
