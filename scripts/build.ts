import { chmodSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

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

/**
 * Bundles everything into one file that runs with Node alone. Not minified: whoever drops it into a project should be
 * able to read what he runs.
 */
await build({
  absWorkingDir: fileURLToPath(root),
  entryPoints: ["nanogent.ts"],
  outfile: "dist/nanogent.mjs",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  charset: "utf8",
  legalComments: "inline",
  plugins: [lazyNode],
  banner: {
    js: [
      `// nanogent ${version} (MIT). One file; delete it to uninstall.`,
      'import { createRequire } from "node:module";',
      "const requireFromNode = createRequire(import.meta.url);",
    ].join("\n"),
  },
  define: {
    NANOGENT_VERSION: JSON.stringify(version),
    NANOGENT_ENV_EXAMPLE: JSON.stringify(readFileSync(new URL(".env.example", root), "utf8")),
  },
});

const bundle = new URL("dist/nanogent.mjs", root);
chmodSync(bundle, 0o755);
console.log(`dist/nanogent.mjs: ${(statSync(bundle).size / 1024).toFixed(0)} kB`);
