/** The block tree of a Markdown text. Inline Markdown is still source in it. */
export type Block = (
  | { readonly kind: "heading"; readonly level: number; readonly source: string }
  | { readonly kind: "paragraph"; readonly lines: string[] }
  | { readonly kind: "code"; readonly lines: string[]; readonly language: string | undefined }
  | { readonly kind: "rule" }
  | { readonly kind: "table"; readonly rows: string[][]; readonly align: readonly Align[] }
  | { readonly kind: "quote"; readonly blocks: Block[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly items: Item[] }
) & {
  /** A blank line stands before it. */
  readonly apart: boolean;
};

export type Align = "left" | "center" | "right";

export interface Item {
  /** As written: `-`, `*`, `3.`, `3)`. */
  readonly marker: string;
  /** Undefined when it is no task. */
  readonly done: boolean | undefined;
  readonly blocks: Block[];
  readonly apart: boolean;
}
