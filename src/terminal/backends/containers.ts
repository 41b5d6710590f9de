import { BackendError } from "../pty.ts";
import type { Engine } from "./engine-api.ts";

export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly isRunning: boolean;
}

/** Fewer digits of an id than this may be a name that was cut. */
const SHORTEST_ID = 4;

/** All containers of the engine, also those that do not run. */
export async function listContainers(engine: Engine): Promise<Container[]> {
  const answer = await engine.call("GET", "/containers/json?all=1");
  return (Array.isArray(answer) ? answer : []).map(({ Id, Names, State }) => ({
    id: String(Id),
    name: nameOf(Names),
    isRunning: State === "running",
  }));
}

/**
 * The container of this name; else the one whose id begins like that. A name is never taken for the beginning of another
 * one: `web-1` is not `web-10`.
 * @throws BackendError when there is none, several, or it does not run.
 */
export async function findContainer(engine: Engine, name: string): Promise<Container> {
  const all = await listContainers(engine);
  const named = all.filter((each) => each.name === name);
  const looksLikeId = name.length >= SHORTEST_ID && /^[0-9a-f]+$/.test(name);
  const found = named.length > 0 || !looksLikeId ? named : all.filter(({ id }) => id.startsWith(name));
  const [first, second] = found;
  if (first === undefined) throw new BackendError(`There is no container ${name}.`, hintOf(all));
  if (second !== undefined)
    throw new BackendError(`Several containers have an id that begins with ${name}.`, "Give more digits.");
  if (first.isRunning) return first;
  throw new BackendError(`The container ${first.name} does not run.`, `Start it: docker start ${first.name}`);
}

function hintOf(all: readonly Container[]): string {
  const names = all.filter(({ isRunning }) => isRunning).map((each) => each.name);
  return names.length === 0 ? "None runs at the moment." : `These run: ${names.join(", ")}`;
}

/** Links give a container further names, with a slash in the middle. */
function nameOf(names: unknown): string {
  const all = Array.isArray(names) ? names.map((name) => String(name).replace(/^\//, "")) : [];
  return all.find((name) => !name.includes("/")) ?? "";
}
