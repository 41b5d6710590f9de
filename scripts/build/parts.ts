import type { Metafile } from "esbuild";

/** A part of the program that is compiled when something of it is first needed, and what of it others ask for. */
export interface Part {
  readonly name: string;
  readonly about: string;
  readonly modules: ReadonlySet<string>;
  readonly doors: ReadonlySet<string>;
}

const CLIENT =
  /^src\/cli\/(hook|container-terminal|list|spawn|attach|inject|key|read-screen|state|wait|rename|close|clean|jobs|cancel)\.ts$/;
const BRIDGE = /^src\/(?!terminal\/|web\/|control\/|chat\/terminals\/)/;

interface Plan {
  readonly name: string;
  readonly about: string;
  /** By which `import()` it is entered. */
  readonly entered: RegExp;
  /** It has only what is reached from there, too. */
  readonly shared?: RegExp;
}

/** The parts in their order. */
const PARTS: readonly Plan[] = [
  {
    name: "first",
    about: "What runs at once.",
    entered: /^src\/cli\/start\.ts$/,
  },
  {
    name: "common",
    about: "What the bridge needs, and verbs that ask it do as well.",
    entered: CLIENT,
    shared: BRIDGE,
  },
  {
    name: "client",
    about: "Verbs that only ask a bridge which runs, or that it starts itself.",
    entered: CLIENT,
  },
  {
    name: "bridge",
    about: "The bridge and the other verbs: compiled while Telegram answers the first request.",
    entered: BRIDGE,
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
  const reached = (by: RegExp, from: readonly string[]): ReadonlySet<string> => {
    const modules = new Set<string>();
    const waiting = [...from];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (taken.has(next) || modules.has(next) || !isOurs(next)) continue;
      modules.add(next);
      for (const { path, kind } of inputs[next]?.imports ?? [])
        if (kind !== "dynamic-import" || by.test(path)) waiting.push(path);
    }
    return modules;
  };
  const enteredBy = (by: RegExp): readonly string[] => targets.filter((target) => by.test(target));
  return PARTS.map(({ name, about, entered, shared }, index) => {
    const all = reached(entered, index === 0 ? [entry] : enteredBy(entered));
    const others =
      shared &&
      reached(
        shared,
        enteredBy(shared).filter((target) => !entered.test(target)),
      );
    const modules = new Set([...all].filter((module) => others?.has(module) ?? true));
    for (const module of modules) taken.add(module);
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
