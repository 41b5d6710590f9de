import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

const licence = readFileSync(new URL("../licences/xterm.txt", import.meta.url), "utf8");

/**
 * The terminal emulator comes with its licence. It is CommonJS, and is imported by its default export, as Node itself
 * would have it: `withoutCopies` takes away what makes one.
 */
export const xterm: Plugin = {
  name: "xterm",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@xterm[\\/].*\.js$/ }, ({ path }) => ({
      contents: `/*!\n${licence}*/\n${readFileSync(path, "utf8")}\nmodule.exports.default = module.exports;`,
      loader: "js",
    }));
  },
};
