import type { Entity, EntityType, RichText } from "./entities.ts";

/**
 * Writes rich text in one pass from left to right and keeps Telegram's rules for entities: never empty, always
 * properly nested, nothing inside `code` and `pre`, and those two inside nothing but a quote
 * (https://core.telegram.org/bots/api#messageentity). Styles neither start nor end with white space.
 * Line breaks between blocks are only asked for (`gap`) and written once something follows.
 */
export class Writer {
  readonly #chunks: string[] = [];
  readonly #done: (Entity & { order: number })[] = [];
  /** What is open, one of each type at most, so that these stay few. */
  readonly #open: Open[] = [];
  /** Also what was opened within one of its own type, which adds nothing to it. */
  readonly #nesting: (Open | undefined)[] = [];
  #length = 0;
  /** Where the last visible character ended: styles are cut back to it. */
  #solid = 0;
  #order = 0;
  #gap = 0;
  #lineStart = true;
  /** Stands at the start of every line. */
  #prefix = "";
  /** Stands at the start of the next line instead: a list marker that waits for its text. */
  #marker: string | undefined;

  /** The next text stands this many line breaks below what is there, at least. */
  gap(lines: number): void {
    this.#gap = Math.max(this.#gap, lines);
  }

  text(text: string): void {
    for (const [index, line] of text.split("\n").entries()) {
      if (index > 0) this.gap(1);
      this.#line(line);
    }
  }

  code(text: string): void {
    if (text === "") return;
    if (this.#has("text_link")) this.text(text);
    else {
      this.#startLine();
      this.#suspendStyles();
      this.#block("code", text);
    }
  }

  /** A block of its own; its lines get no indentation, so that they can be copied. */
  pre(text: string, language?: string): void {
    if (text.trim() === "") return;
    this.#unindented(() => {
      this.#startLine();
      this.#block("pre", text, language === undefined ? {} : { language });
    });
  }

  /** A quote; quotes do not nest in Telegram, so that an inner one is shown by bars inside the outer one. */
  quote(body: () => void): void {
    const write = () => {
      this.open("blockquote");
      body();
      this.close();
    };
    if (this.#has("blockquote")) this.indented("▏ ", "▏ ", body);
    else this.#unindented(write);
  }

  /** Writes `first` before the first line of the body and `others` before its other lines. */
  indented(first: string, others: string, body: () => void): void {
    const outer = this.#prefix;
    this.#marker = (this.#marker ?? outer) + first;
    this.#prefix = outer + others;
    body();
    this.#releaseMarker();
    this.#prefix = outer;
  }

  open(type: EntityType, url?: string): void {
    const extra = url === undefined ? {} : { url };
    const open = this.#has(type) ? undefined : { type, start: undefined, order: this.#order++, extra };
    this.#nesting.push(open);
    if (open) this.#open.push(open);
  }

  /** Closes what was opened last. */
  close(): void {
    const open = this.#nesting.pop();
    if (!open) return;
    this.#open.pop();
    this.#emit(open, this.#solid);
  }

  finish(): RichText {
    const text = this.#chunks.join("").trimEnd();
    const entities = this.#done
      .filter((entity) => entity.offset < text.length)
      .sort((a, b) => a.offset - b.offset || b.length - a.length || a.order - b.order)
      .map(({ order: _, ...entity }) => ({
        ...entity,
        length: Math.min(entity.length, text.length - entity.offset),
      }));
    return { text, entities };
  }

  #line(line: string): void {
    const visible = line.trimStart();
    if (visible !== "") this.#startLine();
    else if (this.#lineStart || this.#gap > 0) return;
    const start = this.#length + line.length - visible.length;
    this.#put(line);
    if (visible === "") return;
    for (const open of this.#open) open.start ??= start;
    this.#solid = this.#length - line.length + line.trimEnd().length;
  }

  #startLine(): void {
    if (this.#gap > 0) {
      if (this.#length > 0) this.#put("\n".repeat(this.#gap));
      this.#lineStart = true;
      this.#gap = 0;
    }
    if (!this.#lineStart) return;
    this.#lineStart = false;
    for (const open of this.#open) if (open.type === "blockquote") open.start ??= this.#length;
    this.#put(this.#marker ?? this.#prefix);
    this.#marker = undefined;
  }

  /** An item without any text still shows its marker. */
  #releaseMarker(): void {
    const marker = this.#marker?.trimEnd() ?? "";
    if (/[^\s▏]/.test(marker)) {
      this.#marker = marker;
      this.#startLine();
      this.#solid = this.#length;
    }
    this.#marker = undefined;
  }

  #unindented(body: () => void): void {
    this.#releaseMarker();
    if (!this.#lineStart) this.gap(1);
    const outer = this.#prefix;
    this.#prefix = "";
    body();
    this.#prefix = outer;
    this.gap(1);
  }

  #block(type: "code" | "pre", text: string, extra: Extra = {}): void {
    const start = this.#length;
    this.#put(text);
    this.#solid = this.#length;
    this.#emit({ type, start, order: this.#order++, extra }, this.#length);
  }

  #suspendStyles(): void {
    for (const open of this.#open) {
      if (open.type === "blockquote") continue;
      this.#emit(open, this.#solid);
      open.start = undefined;
    }
  }

  #emit({ type, start, order, extra }: Open, end: number): void {
    if (start === undefined || start >= end) return;
    this.#done.push({ type, offset: start, length: end - start, order, ...extra });
  }

  #has(type: EntityType): boolean {
    return this.#open.some((open) => open.type === type);
  }

  #put(text: string): void {
    this.#chunks.push(text);
    this.#length += text.length;
  }
}

type Extra = { language?: string; url?: string };

interface Open {
  readonly type: EntityType;
  /** Undefined until something visible stands in it. */
  start: number | undefined;
  readonly order: number;
  readonly extra: Extra;
}
