import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import type { BuiltPage } from "../src/web/page.ts";

const folder = new URL("../src/web/page/", import.meta.url);

/**
 * Bundles the terminal page into one HTML text. Nothing is loaded besides it, so that its policy allows nothing but
 * these very scripts and styles, by their hashes.
 */
export async function buildPage(): Promise<BuiltPage> {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(folder),
    entryPoints: ["page.ts", "page.css"],
    outdir: "built",
    write: false,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    legalComments: "inline",
    plugins: [withoutInlineStyles],
  });
  const built = (ending: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined) throw new Error(`esbuild made no ${ending}`);
    return file.text.trim();
  };
  const [script, style] = [built(".js"), built(".css")];
  // The emulator's licence asks to go with every copy; its comments in the script name it without its text.
  const licence = readFileSync(new URL("../node_modules/@xterm/xterm/LICENSE", import.meta.url), "utf8");
  const html = readFileSync(new URL("index.html", folder), "utf8")
    .replace("<head>", () => `<!-- Contains xterm.js and its addons:\n${licence.trim()} -->\n<head>`)
    .replace("/* page.css */", () => style)
    .replace("/* page.ts */", () => script);
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors https://web.telegram.org",
  ].join("; ");
  return { policy, gzip: gzipSync(html, { level: 9 }).toString("base64") };
}

function hash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/**
 * The emulator writes `<style>` elements and `style` attributes, which would need 'unsafe-inline'. Adopted style sheets
 * and single properties do the same and need nothing.
 */
const withoutInlineStyles: Plugin = {
  name: "without-inline-styles",
  setup({ onLoad }) {
    onLoad({ filter: /@xterm\/xterm\/lib\/xterm\.mjs$/ }, ({ path }) => {
      const replace = (text: string, what: RegExp, times: number, by: string): string => {
        const found = text.match(what)?.length ?? 0;
        if (found !== times)
          throw new Error(`xterm.js looks different: ${what} is there ${found} times, not ${times}`);
        return text.replace(what, by);
      };
      let text = readFileSync(path, "utf8");
      text = replace(text, /[\w$.]+\.createElement\("style"\)/g, 3, "adoptedStyle()");
      text = replace(
        text,
        /(\w)\.setAttribute\("style",`\$\{\1\.getAttribute\("style"\)\|\|""\}\$\{(\w)\};`\)/g,
        1,
        "$1.style.cssText+=$2",
      );
      const standIn = fileURLToPath(new URL("adopted-style.ts", folder));
      return { contents: `${text}\nimport { adoptedStyle } from ${JSON.stringify(standIn)};`, loader: "js" };
    });
  },
};
