import type { Metafile } from "esbuild";

/** A part of the program that is compiled when something of it is first needed, and what of it others ask for. */
export interface Part {
  readonly name: string;
  readonly about: string;
  readonly modules: ReadonlySet<string>;
  readonly doors: ReadonlySet<string>;
}

/** The parts in their order, and by which `import()` each of them is entered. */
const PARTS: readonly { readonly name: string; readonly about: string; readonly entered: RegExp }[] = [
  {
    name: "first",
    about: "What runs at once.",
    entered: /^src\/cli\/start\.ts$/,
  },
  {
    name: "client",
    about: "Small verbs that a running bridge is asked by, or that it starts itself.",
    entered: /^src\/cli\/(hook|container-terminal|list|spawn|attach|rename|close|clean|jobs|cancel)\.ts$/,
  },
  {
    name: "bridge",
    about: "The bridge and the other verbs: compiled while Telegram answers the first request.",
    entered: /^src\/(?!terminal\/|web\/|control\/|chat\/terminals\/)/,
  },
  {
    name: "page",
    about: "The servers of the page and of the control socket: compiled when the bridge has started.",
    entered: /^src\/(web|control)\//,
  },
  {
    name: "terminals",
    about: "Terminals: compiled when one is opened.",
    entered: /./,
  },
];

/** Says which module belongs to which part. What several parts need is in the first of them. */
export function divide({ inputs }: Pick<Metafile, "inputs">, entry: string): readonly Part[] {
  const targets = Object.values(inputs).flatMap(({ imports }) =>
    imports.filter(({ kind }) => kind === "dynamic-import").map(({ path }) => path),
  );
  const taken = new Set<string>();
  return PARTS.map(({ name, about, entered }, index) => {
    const modules = new Set<string>();
    const waiting = index === 0 ? [entry] : targets.filter((target) => entered.test(target));
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (taken.has(next) || !isOurs(next)) continue;
      taken.add(next);
      modules.add(next);
      for (const { path, kind } of inputs[next]?.imports ?? [])
        if (kind !== "dynamic-import" || entered.test(path)) waiting.push(path);
    }
    return { name, about, modules, doors: doorsOf(modules, inputs) };
  });
}

/** What others ask for. */
function doorsOf(modules: ReadonlySet<string>, inputs: Metafile["inputs"]): ReadonlySet<string> {
  const others = Object.entries(inputs).filter(([name]) => !modules.has(name));
  const asked = others.flatMap(([, { imports }]) => imports.map(({ path }) => path));
  return new Set(asked.filter((path) => modules.has(path)));
}

/** Parts of Node and other packages go with whoever imports them. */
function isOurs(name: string): boolean {
  return /^(src\/|nanogent\.ts$)/.test(name);
}
