import { chmodSync, readFileSync, statSync } from "node:fs";
import { build } from "esbuild";

const root = new URL("../", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { version: string };

/**
 * Bundles everything into one file that runs with Node alone. Not minified: whoever drops it into a project should be
 * able to read what he runs.
 */
await build({
  absWorkingDir: new URL(".", root).pathname,
  entryPoints: ["nanogent.ts"],
  outfile: "dist/nanogent.mjs",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  charset: "utf8",
  legalComments: "inline",
  external: ["node:*"],
  banner: { js: `// nanogent ${version} (MIT). One file; delete it to uninstall.` },
  define: {
    NANOGENT_VERSION: JSON.stringify(version),
    NANOGENT_ENV_EXAMPLE: JSON.stringify(readFileSync(new URL(".env.example", root), "utf8")),
  },
});

const bundle = new URL("dist/nanogent.mjs", root);
chmodSync(bundle, 0o755);
console.log(`dist/nanogent.mjs: ${(statSync(bundle).size / 1024).toFixed(0)} kB`);
