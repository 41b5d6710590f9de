import assert from "node:assert/strict";
import { test } from "node:test";
import { markdown } from "../../src/text/markdown.ts";
import { notation } from "./notation.ts";

function growsAs(
  name: string,
  cases: readonly (readonly [source: string, growing: string, finished: string])[],
): void {
  test(name, () => {
    for (const [source, growing, finished] of cases) {
      assert.equal(notation(markdown(source, { growing: true })), growing, source);
      assert.equal(notation(markdown(source)), finished, source);
    }
  });
}

growsAs("what is open at the end counts as closed while the text grows", [
  ["a **bold", "a ⟦b:bold⟧", "a **bold"],
  ["a *b **c", "a ⟦i:b ⟦b:c⟧⟧", "a *b **c"],
  ["***both", "⟦i:⟦b:both⟧⟧", "***both"],
  ["~~gone", "⟦s:gone⟧", "~~gone"],
  ["**bold*", "⟦b:bold⟧", "*⟦i:bold⟧"],
  ["a `b c", "a ⟦code:b c⟧", "a `b c"],
  ["`` `b` ", "⟦code:`b⟧", "`` ⟦code:b⟧"],
  ["**a `b", "⟦b:a⟧ ⟦code:b⟧", "**a `b"],
  ["```js\nlet", "⟦pre js:let⟧", "⟦pre js:let⟧"],
]);

growsAs("but not what never was a marker", [
  ["2*3 = 6", "2*3 = 6", "2*3 = 6"],
  ["a ****b", "a ****b", "a ****b"],
  ["*.ts and snake_case", "*.ts and snake_case", "*.ts and snake_case"],
]);

growsAs("but only in the last block", [
  ["a **bold\n\nb", "a **bold\n\nb", "a **bold\n\nb"],
  ["- **a\n- **b", "• **a\n• ⟦b:b⟧", "• **a\n• **b"],
  ["> `a\n\n`b", "⟦quote:`a⟧\n\n⟦code:b⟧", "⟦quote:`a⟧\n\n`b"],
]);

growsAs("half a link shows its text", [
  ["see [a", "see a", "see [a"],
  ["see [a]", "see a", "see [a]"],
  ["see [a](htt", "see a", "see [a](htt"],
  ['see [a **b**](https://x.y "ti', "see a ⟦b:b⟧", 'see [a ⟦b:b⟧](https://x.y "ti'],
  ["[![a](https://x.y/z.png", "a", "[![a](https://x.y/z.png"],
  ["<https://x.y/z", "⟦link(https://x.y/z):https://x.y/z⟧", "<https://x.y/z"],
  ["array[0", "array[0", "array[0"],
]);

growsAs("markers at the end, which could become anything, do not show", [
  ["a **", "a", "a **"],
  ["a\n-", "a", "a\n-"],
  ["a\n- ", "a", "a\n-"],
  ["- a\n- [", "• a", "• a\n• ["],
  ["- a\n- [x]", "• a", "• a\n☑"],
  ["- a\n  - ", "• a", "• a\n  -"],
  ["1. a\n2", "1. a", "1. a\n   2"],
  ["a\n\n##", "a", "a"],
  ["a\n``", "a", "a\n``"],
  ["a\n---", "a", "⟦b:a⟧"],
  ["```\na\n``", "⟦pre:a⟧", "⟦pre:a\n``⟧"],
]);

growsAs("a table shows from its head on", [
  ["|a|b", "⟦pre:a │ b\n──┼──⟧", "|a|b"],
  ["|a|b|\n", "⟦pre:a │ b\n──┼──⟧", "|a|b|"],
  ["|a|b|\n|-", "⟦pre:a │ b\n──┼──⟧", "⟦pre:a │ b\n──┼──⟧"],
  ["|a|b|\n|-|:", "⟦pre:a │ b\n──┼──⟧", "|a|b|\n|-|:"],
  ["text\n|a|", "text\n⟦pre:a\n─⟧", "text\n|a|"],
  ["|a|\n|-|\n|b", "⟦pre:a\n─\nb⟧", "⟦pre:a\n─\nb⟧"],
]);

growsAs("failure 5: half a surrogate pair waits for the other", [["a \ud83d", "a", "a �"]]);
