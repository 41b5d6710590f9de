import { transform } from "esbuild";

/**
 * esbuild copies every property of a CommonJS module for each file that imports it. Here these are parts of Node,
 * which have hundreds, and all imports are by name: the module itself serves as well, and the start is quicker by that.
 */
export function withoutCopies(text: string): string {
  const helper = /^var __toESM = \(mod, isNodeMode, \w+\) => \([\s\S]*?^\)\);$/m;
  if (!helper.test(text))
    throw new Error("esbuild's __toESM looks different: see whether it is still needed");
  return text.replace(helper, "var __toESM = (mod) => mod;");
}

/**
 * esbuild leaves what is in patterns as it is. One such character, and V8 keeps all of the source in two bytes for each
 * character.
 */
export function inAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Makes code fit into a comment: what stands in block comments comes to stand behind `//`.
 * @throws Error when code itself has their end, as in a pattern, or would be changed.
 */
export async function withoutBlockComments(code: string): Promise<string> {
  const text = code
    .replaceAll("/* @__PURE__ */ ", "")
    .replace(/^([ \t]*)\/\*[\s\S]*?\*\/[ \t]*$/gm, (comment, indent: string) =>
      comment
        .replace(/^\s*\/\*[*!]?|\*\/\s*$/g, "")
        .split("\n")
        .map((line) => `${indent}// ${line.replace(/^\s*\*? ?/, "")}`.trimEnd())
        .join("\n"),
    );
  const at = text.indexOf("*/");
  if (at >= 0)
    throw new Error(`Write this otherwise, it would end a comment: ${text.slice(at - 60, at + 10)}`);
  const [before, after] = await Promise.all([meaningOf(code), meaningOf(text)]);
  if (before !== after) throw new Error("Something in the code looks like a comment, and is none.");
  return text;
}

async function meaningOf(code: string): Promise<string> {
  return (await transform(code, { minify: true, legalComments: "none", ignoreAnnotations: true })).code;
}
