import { relative, sep } from "node:path";
import { type BuildOptions, build, type OnResolveResult, type Plugin } from "esbuild";
import { divide, type Part } from "./parts.ts";
import { withoutBlockComments, withoutCopies } from "./text.ts";

export interface InPartsOptions extends BuildOptions {
  /** The project's folder, absolute. */
  readonly absWorkingDir: string;
  /** As it is called from there. */
  readonly entry: string;
  readonly plugins: Plugin[];
}

/**
 * Builds one file in parts. All but the first stand in it as comments: V8 skips these many times as fast as it reads
 * code, and people can read them all the same. Each is compiled when something of it is first needed. No module is there
 * twice, since classes and what modules remember must not be.
 */
export async function buildInParts({ entry, ...options }: InPartsOptions): Promise<string> {
  const { metafile } = await build({ ...options, entryPoints: [entry], write: false, metafile: true });
  const [first, ...later] = divide(metafile, entry);
  if (!first) throw new Error("there is no first part");
  const texts = [await firstText({ entry, ...options }, first, later)];
  for (const part of later) {
    const text = await withoutBlockComments(await laterText(options, part));
    texts.push(`// ${part.about}\nfunction ${part.name}Part() {/*\n${text.trim()}\n*/}\n`);
  }
  return texts.join("\n");
}

async function firstText(
  { entry, ...options }: InPartsOptions,
  first: Part,
  later: readonly Part[],
): Promise<string> {
  const text = await textOf({
    ...options,
    entryPoints: [entry],
    plugins: [
      ...options.plugins,
      doors(options, first, (name) => ({ path: name, namespace: "later" }), loader(first, later)),
    ],
  });
  return withoutCopies(text);
}

/** A CommonJS module: functions that load the modules others ask for. */
async function laterText(options: Omit<InPartsOptions, "entry">, part: Part): Promise<string> {
  const text = await textOf({
    ...options,
    stdin: { contents: `module.exports = ${tableOf(part.doors)};`, resolveDir: options.absWorkingDir },
    format: "cjs",
    banner: {},
    // So that optional packages are asked for as everything else is.
    supported: { "dynamic-import": false },
    define: { ...options.define, "import.meta.url": "fileUrl" },
    plugins: [...options.plugins, doors(options, part, (name) => ({ path: name, external: true }))],
  });
  return withoutCopies(text);
}

/** Leads imports of what is in another part elsewhere. */
function doors(
  { absWorkingDir }: Pick<InPartsOptions, "absWorkingDir">,
  { modules }: Part,
  elsewhere: (name: string) => OnResolveResult,
  parts = "",
): Plugin {
  const resolving = {};
  return {
    name: "doors",
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^\./ }, async ({ path, ...args }) => {
        if (args.pluginData === resolving) return undefined;
        const found = await resolve(path, { ...args, pluginData: resolving });
        const name = relative(absWorkingDir, found.path).split(sep).join("/");
        return found.errors.length > 0 || modules.has(name) ? undefined : elsewhere(name);
      });
      onLoad({ filter: /.*/, namespace: "later" }, ({ path }) => ({
        contents: `module.exports = require("parts").load(${JSON.stringify(path)});`,
      }));
      onResolve({ filter: /^parts$/ }, ({ path }) => ({ path, namespace: "parts" }));
      onLoad({ filter: /.*/, namespace: "parts" }, () => ({ contents: parts, resolveDir: absWorkingDir }));
    },
  };
}

/**
 * The code that compiles a comment. A function's text does not depend on the file, which may have been replaced, and a
 * piece of it is not copied.
 */
function loader(first: Part, later: readonly Part[]): string {
  const places = later.flatMap(({ name, doors }) => [...doors].map((door) => [door, name]));
  return `
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
const atHand = ${tableOf(first.doors)};
const partOf = ${JSON.stringify(Object.fromEntries(places), null, 2)};
const texts = { ${later.map(({ name }) => `${name}: ${name}Part`).join(", ")} };
const compiled = {};
export function load(name) {
  if (Object.hasOwn(atHand, name)) return atHand[name]();
  if (!Object.hasOwn(partOf, name)) return optional(requireFromNode(name));
  const part = partOf[name];
  compiled[part] ??= compile(part);
  return compiled[part][name]();
}
// As Node itself shows a CommonJS package that is imported.
function optional(found) {
  return { ...found, default: found };
}
function compile(part) {
  const text = texts[part].toString();
  const code = text.slice(text.indexOf("\\n"), text.lastIndexOf("\\n"));
  const filename = fileURLToPath(import.meta.url) + ", " + part;
  const module = { exports: {} };
  compileFunction(code, ["module", "require", "requireFromNode", "fileUrl"], { filename })(
    module, load, requireFromNode, import.meta.url);
  return module.exports;
}`;
}

/** Modules by their names, each loaded when its function is called. */
function tableOf(names: ReadonlySet<string>): string {
  const entries = [...names].sort().map((name) => `${JSON.stringify(name)}: () => require("./${name}")`);
  return `{ ${entries.join(", ")} }`;
}

async function textOf(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ ...options, write: false });
  return outputFiles[0]?.text ?? "";
}
