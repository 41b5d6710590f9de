import type { Plugin } from "esbuild";

/** What takes long to load, and is used now and then, is loaded when it is used rather than imported. */
const LATE = /^node:(child_process|v8|vm)$/;

/**
 * Loads each part of Node when the code that imports it is first run. Static imports would all be loaded at the start,
 * also those of verbs that are not used: several times what nanogent itself costs.
 */
export const lazyNode: Plugin = {
  name: "lazy-node",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "lazy-node" }));
    onLoad({ filter: /.*/, namespace: "lazy-node" }, ({ path }) => {
      const module = `requireFromNode(${JSON.stringify(path)})`;
      return {
        contents: `module.exports = ${LATE.test(path) ? `new Proxy({}, { get: (_, name) => ${module}[name] })` : module};`,
        loader: "js",
      };
    });
  },
};
