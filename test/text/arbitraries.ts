import fc from "fast-check";

/** Pieces of Markdown thrown together, with characters that are easily got wrong. */
export const soup: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."*_~`[]()<>!#|\\&\n \t-+=:.1"),
      fc.constantFrom(
        "**",
        "***",
        "__",
        "~~",
        "``",
        "```",
        "~~~",
        "![",
        "](",
        "](https://a.b)",
        "[a](b)",
        "&lt;",
      ),
      fc.constantFrom(
        "\n\n",
        "\n> ",
        "\n- ",
        "\n1. ",
        "\n  ",
        "\n    ",
        "\n```js\n",
        "\n|a|b|\n|-|-|\n",
        "\n---\n",
      ),
      fc.constantFrom(
        "a",
        "word",
        "**b**",
        "`c`",
        "语",
        "한글",
        "👩‍👩‍👧",
        "🇩🇪",
        "é",
        "שלום",
        "\ud83d",
        "\0",
        "\x1b[31m",
        "\r\n",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 60, size: "max" },
  )
  .map((pieces) => pieces.join(""));

/** A document with its words, `w0 w1 w2 ...`, in the order in which a reader should meet them. */
export interface Numbered {
  readonly source: string;
  readonly words: string[];
}

/** Well-formed documents of every kind of block and span. */
export const numbered: fc.Arbitrary<Numbered> = fc
  .array(block(), { minLength: 1, maxLength: 12 })
  .map((blocks) => number(blocks.join("\n\n")));

/** Puts numbered words in the place of `@`. */
function number(template: string): Numbered {
  const words: string[] = [];
  const source = template.replace(/@/g, () => {
    words.push(`w${words.length}w`);
    return words.at(-1) ?? "";
  });
  return { source, words };
}

function span(): fc.Arbitrary<string> {
  return fc.constantFrom(
    "@",
    "**@**",
    "*@*",
    "_@ @_",
    "***@***",
    "~~@~~",
    "`@`",
    "``@ ` @``",
    "**@ *@* `@` @**",
    "[@](https://example.org/x)",
    "[@ **@**](https://example.org 'title')",
    "[@](path/@)",
    "![@](https://example.org/a.png)",
    "<https://example.org/@>",
    "@_@_@",
    "@*@*@",
    "*.@",
    "\\*@\\*",
    "&lt;@&gt;",
    "<b>@</b>",
    "语@",
    "👍",
  );
}

function line(): fc.Arbitrary<string> {
  return fc.array(span(), { minLength: 1, maxLength: 6 }).map((spans) => spans.join(" "));
}

function block(): fc.Arbitrary<string> {
  const item = fc.tuple(fc.constantFrom("- ", "1. ", "- [ ] ", "- [x] ", "  - ", "   1. "), line());
  const quoted = fc.tuple(fc.constantFrom("> ", "> > ", "> - "), line()).map(([mark, text]) => mark + text);
  const cells = line().map((text) => `| @ | ${text.replaceAll("|", "\\|")} |`);
  return fc.oneof(
    fc.array(line(), { minLength: 1, maxLength: 4 }).map((lines) => lines.join("\n")),
    fc.tuple(fc.integer({ min: 1, max: 6 }), line()).map(([level, text]) => `${"#".repeat(level)} ${text}`),
    fc
      .array(item, { minLength: 1, maxLength: 5 })
      .map((items) => items.map((parts) => parts.join("")).join("\n")),
    fc.array(quoted, { minLength: 1, maxLength: 4 }).map((lines) => lines.join("\n")),
    fc.array(cells, { minLength: 1, maxLength: 4 }).map((rows) => `| @ | @ |\n|:--|--:|\n${rows.join("\n")}`),
    fc.constantFrom("```js\n@ @\n  @\n\n@\n```", "~~~\n@ ``` @\n~~~", "- @\n  ```\n  @\n  ```\n  @", "---"),
  );
}
