import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildInParts } from "./build/in-parts.ts";
import { lazyNode } from "./build/lazy-node.ts";
import { inAscii } from "./build/text.ts";
import { xterm } from "./build/xterm.ts";
import { buildPage } from "./page.ts";

const root = new URL("../", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string };

const page = JSON.stringify(await buildPage());

/**
 * Bundles everything into one file that runs with Node alone. Not minified: whoever drops it into a project should be
 * able to read what he runs.
 */
const text = await buildInParts({
  absWorkingDir: fileURLToPath(root),
  entry: "nanogent.ts",
  outfile: "dist/nanogent.mjs",
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
      "// Its parts stand in comments further down, each of which is compiled when it is needed.",
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
writeFileSync(bundle, inAscii(text));
chmodSync(bundle, 0o755);
console.log(`dist/nanogent.mjs: ${(statSync(bundle).size / 1024).toFixed(0)} kB`);
