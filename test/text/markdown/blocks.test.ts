import { rendersAs } from "../cases.ts";

rendersAs("headings", [
  ["# One\n## Two ##\n###### Six", "⟦b:⟦u:One⟧⟧\n\n⟦b:Two⟧\n\n⟦b:Six⟧"],
  ["One\n===\ntext", "⟦b:⟦u:One⟧⟧\ntext"],
  ["Two\n---", "⟦b:Two⟧"],
  ["text\n# Head\ntext", "text\n\n⟦b:⟦u:Head⟧⟧\ntext"],
  ["# **bold** head", "⟦b:⟦u:bold head⟧⟧"],
  ["#hashtag and #", "#hashtag and #"],
  ["# C# #", "⟦b:⟦u:C#⟧⟧"],
]);

rendersAs("blank lines: as in the source, several as one", [
  ["a\n\n\n\nb\nc", "a\n\nb\nc"],
  ["a\n   \nb", "a\n\nb"],
  ["\n\na\n\n", "a"],
  ["", ""],
  [" \n\t\n", ""],
]);

rendersAs("lists", [
  ["- a\n- b", "• a\n• b"],
  ["* a\n  * b\n    * c\n      * d", "• a\n  ◦ b\n    ▪ c\n      • d"],
  ["1. a\n2. b", "1. a\n2. b"],
  ["3) a\n4) b", "3) a\n4) b"],
  ["1. a\n1. b\n1. c", "1. a\n2. b\n3. c"],
  ["2. a\n5. b", "2. a\n5. b"],
  ["- a\n  b\n- c", "• a\n  b\n• c"],
  ["- a\n\n  b\n- c", "• a\n\n  b\n• c"],
  ["- a\n\n- b", "• a\n\n• b"],
  ["text:\n- a\n\ntext", "text:\n• a\n\ntext"],
  ["1. a\n   - b\n     1. c", "1. a\n   • b\n     1. c"],
  ["-\n- b", "•\n• b"],
  ["- - a", "• ◦ a"],
]);

rendersAs("lists indented as agents do it", [
  ["1. a\n  - b\n2. c", "1. a\n   • b\n2. c"],
  ["- a\n    - b", "• a\n  ◦ b"],
  ["- a\n\t- b", "• a\n  ◦ b"],
]);

rendersAs("what only looks like a list", [
  ["It was in\n1986. A year.", "It was in\n1986. A year."],
  ["a\n-b", "a\n-b"],
  ["-1 is less", "-1 is less"],
]);

rendersAs("tasks", [
  ["- [ ] todo\n- [x] done", "☐ todo\n☑ done"],
  ["1. [X] done", "1. ☑ done"],
  ["- [x](https://a.b)", "• ⟦link(https://a.b):x⟧"],
]);

rendersAs("fences", [
  ["```js\nlet x\n\n  y\n```", "⟦pre js:let x\n\n  y⟧"],
  ["~~~\n```\n~~~", "⟦pre:```⟧"],
  ["````md\n```js\nx\n```\n````", "⟦pre md:```js\nx\n```⟧"],
  ["``` c++ title\nx\n```", "⟦pre c++:x⟧"],
  ["```\n    x\n```", "⟦pre:    x⟧"],
  ["```\n**a** &lt; \\*\n```", "⟦pre:**a** &lt; \\*⟧"],
  ["a\n```\nb\n```\nc", "a\n⟦pre:b⟧\nc"],
  ["```\n```\na", "a"],
  ["```js inline``` text", "⟦code:js inline⟧ text"],
]);

rendersAs("failure 4: a fence never turns what follows around", [
  ["```\nunclosed\n\n# x", "⟦pre:unclosed\n\n# x⟧"],
  ["- a\n  ```\nx\n```\nb", "• a\n⟦pre:x⟧\nb"],
  ["- a\n  ```\n  x\n```\n**b**", "• a\n⟦pre:x⟧\n⟦b:b⟧"],
  ["> ```\n> x\n\n**b**", "⟦quote:⟦pre:x⟧⟧\n\n⟦b:b⟧"],
]);

rendersAs("code in lists is not indented, so that it can be copied", [
  ["- a\n  ```js\n  x\n    y\n  ```\n  b", "• a\n⟦pre js:x\n  y⟧\n  b"],
  ["- ```\n  x\n  ```", "•\n⟦pre:x⟧"],
  ["1. a\n```\nx\n```\n2. b", "1. a\n⟦pre:x⟧\n2. b"],
]);

rendersAs("indented code", [
  ["a\n\n    x\n      y\n\n    z\n\nb", "a\n\n⟦pre:x\n  y\n\nz⟧\n\nb"],
  ["\tx", "⟦pre:x⟧"],
  ["a\n    b", "a\nb"],
]);

rendersAs("quotes", [
  ["> a\n> b", "⟦quote:a\nb⟧"],
  ["> a\nb", "⟦quote:a\nb⟧"],
  ["> a\n\nb", "⟦quote:a⟧\n\nb"],
  ["> a\n> > b\n> > c", "⟦quote:a\n▏ b\n▏ c⟧"],
  ["> - a\n>   - b\n>\n> c", "⟦quote:• a\n  ◦ b\n\nc⟧"],
  ["> **a**\n> ```\n> b\n> ```", "⟦quote:⟦b:a⟧\n⟦pre:b⟧⟧"],
  ["- a\n  > b", "• a\n⟦quote:b⟧"],
  [">", ""],
]);

rendersAs("rules", [
  ["a\n\n---\n\nb", "a\n\n──────────\n\nb"],
  ["* * *", "──────────"],
  ["a\nb\n---\nc", "a\nb\n──────────\nc"],
]);

rendersAs("failure 5: characters that cannot be sent are replaced, all others stay", [
  ["한글 \ud83d a\ude00b 😀", "한글 � a�b 😀"],
  ["a\0b\x07c\x1b[31mred\x1b[0m", "abcred"],
  ["a\r\nb\rc\u2028d", "a\nb\nc\nd"],
  ["\ufeffa\u202eb", "ab"],
  ["a\tb\n\nabcde\tf", "a   b\n\nabcde   f"],
]);
