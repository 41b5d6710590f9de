import type { Plugin } from "esbuild";

/**
 * Loads each part of Node when the code that imports it is first run. Static imports would all be loaded at the start,
 * also those of verbs that are not used: several times what nanogent itself costs.
 */
export const lazyNode: Plugin = {
  name: "lazy-node",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "lazy-node" }));
    onLoad({ filter: /.*/, namespace: "lazy-node" }, ({ path }) => ({
      contents: `module.exports = requireFromNode(${JSON.stringify(path)});`,
      loader: "js",
    }));
  },
};
