import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** Where a program is that could be started under this name; the name itself when it cannot be told. */
export function programPlace(binary: string, folder: string, env: NodeJS.ProcessEnv): string {
  if (binary.includes("/")) return resolve(folder, binary);
  const places = (env.PATH ?? "").split(delimiter).map((part) => join(part, binary));
  return places.find(canRun) ?? binary;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
