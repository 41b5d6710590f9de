import { rendersAs } from "../cases.ts";

rendersAs("emphasis", [
  ["**bold**", "⟦b:bold⟧"],
  ["*italic* and _italic_", "⟦i:italic⟧ and ⟦i:italic⟧"],
  ["***both***", "⟦i:⟦b:both⟧⟧"],
  ["~~gone~~ but ~5 not", "⟦s:gone⟧ but ~5 not"],
  ["**a *b* c**", "⟦b:a ⟦i:b⟧ c⟧"],
  ["*a **b** c*", "⟦i:a ⟦b:b⟧ c⟧"],
  ["**a**b", "⟦b:a⟧b"],
  ["*a _b* c_", "⟦i:a _b⟧ c_"],
  ["__Bold__", "⟦b:Bold⟧"],
  ["**one\ntwo** three", "⟦b:one\ntwo⟧ three"],
]);

rendersAs("what only looks like emphasis", [
  ["snake_case_word and _a_b", "snake_case_word and _a_b"],
  ["2*3*4 = 2 * 3 * 4", "2*3*4 = 2 * 3 * 4"],
  ["x**2 + y**2", "x**2 + y**2"],
  ["*.ts and *.md", "*.ts and *.md"],
  ["src/**/*.ts and test/**/*.ts", "src/**/*.ts and test/**/*.ts"],
  ["**/dist/** and **/x/**", "**/dist/** and **/x/**"],
  ["*/5 * * * *", "*/5 * * * *"],
  ["f(*args, **kwargs)", "f(*args, **kwargs)"],
  ["char *p, *q;", "char *p, *q;"],
  ["__init__.py and __name__", "__init__.py and __name__"],
  ["** a **", "** a **"],
  ["**open and close*", "*⟦i:open and close⟧"],
  ["\\*a\\* \\_b\\_ \\`c\\`", "*a* _b_ `c`"],
]);

rendersAs("bold names that look like paths", [
  ["**src/**: sources", "⟦b:src/⟧: sources"],
  ["**.env** and **/api/users**", "⟦b:.env⟧ and ⟦b:/api/users⟧"],
]);

rendersAs("emphasis in scripts without spaces", [
  ["这是**强调**文字", "这是⟦b:强调⟧文字"],
  ["**注意：**请看", "⟦b:注意：⟧请看"],
  ["**한글**은", "⟦b:한글⟧은"],
  ["🎉**done**🎉", "🎉⟦b:done⟧🎉"],
]);

rendersAs("code", [
  ["`a`", "⟦code:a⟧"],
  ["``a ` b``", "⟦code:a ` b⟧"],
  ["`` `a` ``", "⟦code:`a`⟧"],
  ["`*a* [b](c) &lt; \\`", "⟦code:*a* [b](c) &lt; \\⟧"],
  ["`a\nb`", "⟦code:a b⟧"],
  ["`` never closed`", "`` never closed`"],
  ["one ```line``` of code", "one ⟦code:line⟧ of code"],
]);

rendersAs("nothing is in or around code", [
  ["**a `b` c**", "⟦b:a⟧ ⟦code:b⟧ ⟦b:c⟧"],
  ["# `code` in a head", "⟦code:code⟧ ⟦b:⟦u:in a head⟧⟧"],
  ["[`x`](https://b.c)", "⟦link(https://b.c):x⟧"],
]);

rendersAs("links", [
  ["[a](https://b.c)", "⟦link(https://b.c):a⟧"],
  ['[a **b**](https://b.c "title")', "⟦link(https://b.c):a ⟦b:b⟧⟧"],
  ["**[a](https://b.c)**", "⟦b:⟦link(https://b.c):a⟧⟧"],
  ["[a](https://b.c/d_(e)?x=1&amp;y=2)", "⟦link(https://b.c/d_(e)?x=1&y=2):a⟧"],
  ["[a](<https://b.c/d e>)", "⟦link(https://b.c/d e):a⟧"],
  ["[open](tg://resolve?domain=x)", "⟦link(tg://resolve?domain=x):open⟧"],
  ["[](https://x.y)", "⟦link(https://x.y):https://x.y⟧"],
  ["<https://x.y/z>", "⟦link(https://x.y/z):https://x.y/z⟧"],
  ["![alt](https://b.c/x.png)", "⟦link(https://b.c/x.png):alt⟧"],
  ["![](https://b.c/x.png)", "⟦link(https://b.c/x.png):🖼⟧"],
  ["[![alt](https://s.io/b.svg)](https://x.y)", "⟦link(https://x.y):alt⟧"],
]);

rendersAs("links do not nest, the inner one stays", [
  ["[a [b](https://c.d) e](https://f.g)", "[a ⟦link(https://c.d):b⟧ e](https://f.g)"],
]);

rendersAs("targets that a messenger does not take", [
  ["[a](src/b.ts)", "a (src/b.ts)"],
  ["[src/b.ts](src/b.ts)", "src/b.ts"],
  ["[`b.ts`](src/b.ts#L10)", "⟦code:b.ts⟧ (src/b.ts#L10)"],
  ["![alt](x.png)", "alt (x.png)"],
  ["[app](http://localhost:3000/)", "app (http://localhost:3000/)"],
  ["[app](https://a.b:99999)", "app (https://a.b:99999)"],
  ["[mail](mailto:a@b.c)", "mail (a@b.c)"],
  ["[run](javascript:alert(1))", "run (javascript:alert(1))"],
  ["<a@b.c>", "a@b.c"],
]);

rendersAs("brackets that are no links", [
  ["[a] and [b][c] and array[0](x", "[a] and [b][c] and array[0](x"],
  ["[a](b c)", "[a](b c)"],
  ["]( [", "]( ["],
]);

rendersAs("bare addresses are left to Telegram, and left whole", [
  ["https://x.y/_a_/b_c", "https://x.y/_a_/b_c"],
  ["**https://x.y** _https://x.y_", "⟦b:https://x.y⟧ ⟦i:https://x.y⟧"],
]);

rendersAs("entities and HTML", [
  ["&lt;b&gt; &amp; &quot;x&quot; &#39; &#x41; &foo;", '<b> & "x" \' A &foo;'],
  ["a&nbsp;b", "a\u00a0b"],
  ["a&#0;b&#xd800;c&#27;d", "a b�c d"],
  ['<a href="_x_y_">x</a> <br> a < b', '<a href="_x_y_">x</a> <br> a < b'],
]);

rendersAs("line breaks", [
  ["a\nb", "a\nb"],
  ["a  \nb", "a\nb"],
  ["a\\\nb", "a\nb"],
]);
