import { rendersAs } from "../cases.ts";

rendersAs("tables are aligned in display columns", [
  ["|a|b|\n|-|-|\n|1|two|", "⟦pre:a │ b\n──┼────\n1 │ two⟧"],
  ["| a | b |\n|:-:|--:|\n| one | 1 |\n| x | 22 |", "⟦pre: a  │  b\n────┼───\none │  1\n x  │ 22⟧"],
  ["| 语言 | 👍 | x |\n|--|--:|--|\n| a | bbb | y |", "⟦pre:语言 │  👍 │ x\n─────┼─────┼──\na    │ bbb │ y⟧"],
  ["a | b\n--- | ---\nx | y", "⟦pre:a │ b\n──┼──\nx │ y⟧"],
]);

rendersAs("cells are reduced to their text", [
  ["|a|\n|-|\n|**b** `c\\|d` [e](https://f.g)|", "⟦pre:a\n───────\nb c|d e⟧"],
  ["|a|\n|-|\n|x_y_z 2*3*4|", "⟦pre:a\n───────────\nx_y_z 2*3*4⟧"],
]);

rendersAs("rows of other lengths than the head", [
  ["|a|b|\n|-|-|\n|1|\n|1|2|3|", "⟦pre:a │ b\n──┼──\n1\n1 │ 2 │ 3⟧"],
]);

rendersAs("where a table starts and ends", [
  ["text\n|a|\n|-|\n|b|\ntext", "text\n⟦pre:a\n─\nb⟧\ntext"],
  ["|a|\n|-|\n# h", "⟦pre:a\n─⟧\n\n⟦b:⟦u:h⟧⟧"],
  ["a | b\n\nc | d", "a | b\n\nc | d"],
  ["> |a|\n> |-|\n> |b|", "⟦quote:⟦pre:a\n─\nb⟧⟧"],
]);

rendersAs("a long cell does not widen the others beyond forty columns", [
  [
    `|a|b|\n|-|-|\n|${"x".repeat(50)}|y|\n|c|d|`,
    `⟦pre:${"a".padEnd(40)} │ b\n${"─".repeat(40)}─┼──\n${"x".repeat(50)} │ y\n${"c".padEnd(40)} │ d⟧`,
  ],
]);
