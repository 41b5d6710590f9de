import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { buildPage } from "./page.ts";

const root = new URL("../", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string };

/**
 * Loads each part of Node when the code that imports it is first run. Static imports would all be loaded at the start,
 * also those of verbs that are not used: several times what nanogent itself costs.
 */
const lazyNode: Plugin = {
  name: "lazy-node",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "lazy-node" }));
    onLoad({ filter: /.*/, namespace: "lazy-node" }, ({ path }) => ({
      contents: `module.exports = requireFromNode(${JSON.stringify(path)});`,
      loader: "js",
    }));
  },
};

const xtermLicence = readFileSync(new URL("scripts/licences/xterm.txt", root), "utf8");

/**
 * The terminal emulator comes with its licence. It is CommonJS, and is imported by its default export, as Node itself
 * would have it: `withoutCopies` takes away what makes one.
 */
const xterm: Plugin = {
  name: "xterm",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@xterm[\\/].*\.js$/ }, ({ path }) => ({
      contents: `/*!\n${xtermLicence}*/\n${readFileSync(path, "utf8")}\nmodule.exports.default = module.exports;`,
      loader: "js",
    }));
  },
};

/**
 * esbuild copies every property of a CommonJS module for each file that imports it. Here these are parts of Node,
 * which have hundreds, and all imports are by name: the module itself serves as well, and the start is quicker by that.
 */
function withoutCopies(text: string): string {
  const helper = /^var __toESM = \(mod, isNodeMode, \w+\) => \([\s\S]*?^\)\);$/m;
  if (!helper.test(text))
    throw new Error("esbuild's __toESM looks different: see whether it is still needed");
  return text.replace(helper, "var __toESM = (mod) => mod;");
}

const page = JSON.stringify(await buildPage());

/**
 * esbuild leaves what is in patterns as it is. One such character, and V8 keeps all of the source in two bytes for each
 * character.
 */
function inAscii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Bundles everything into one file that runs with Node alone. Not minified: whoever drops it into a project should be
 * able to read what he runs.
 */
const { outputFiles } = await build({
  absWorkingDir: fileURLToPath(root),
  entryPoints: ["nanogent.ts"],
  outfile: "dist/nanogent.mjs",
  write: false,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  charset: "ascii",
  legalComments: "inline",
  plugins: [lazyNode, xterm],
  // Optional packages, which are looked for where nanogent lies.
  external: ["ssh2", "node-pty"],
  banner: {
    js: [
      `// nanogent ${version} (MIT). One file; delete it to uninstall.`,
      'import { createRequire } from "node:module";',
      "const requireFromNode = createRequire(import.meta.url);",
    ].join("\n"),
  },
  define: {
    NANOGENT_VERSION: JSON.stringify(version),
    NANOGENT_PAGE: JSON.stringify(page),
    NANOGENT_ENV_EXAMPLE: JSON.stringify(readFileSync(new URL(".env.example", root), "utf8")),
  },
});

const bundle = new URL("dist/nanogent.mjs", root);
mkdirSync(new URL("./", bundle), { recursive: true });
// For what runs from the source tree.
writeFileSync(new URL("page.json", bundle), page);
writeFileSync(bundle, inAscii(withoutCopies(outputFiles[0]?.text ?? "")));
chmodSync(bundle, 0o755);
console.log(`dist/nanogent.mjs: ${(statSync(bundle).size / 1024).toFixed(0)} kB`);
