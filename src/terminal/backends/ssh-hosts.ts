import { readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** As OpenSSH itself. */
const DEEPEST_INCLUDE = 16;

/** The hosts that the user's own configuration names: those without a pattern, in its order, included files as well. */
export function configHosts(file: string): string[] {
  return [...new Set(hostsIn(file, dirname(file), 0))].filter(isSafeName);
}

/** The user's own configuration of OpenSSH. */
export function userConfigFile(): string {
  return join(homedir(), ".ssh", "config");
}

/** A name that can be taken neither for an option nor for anything by a shell. */
export function isSafeName(name: string): boolean {
  return /^[A-Za-z0-9_][\w.@:-]{0,254}$/.test(name);
}

function hostsIn(file: string, folder: string, depth: number): string[] {
  return textOf(file)
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, keyword = "", rest = ""] = /^\s*(\w+)(?:\s*=\s*|\s+)(.*)$/.exec(line) ?? [];
      const words = [...rest.matchAll(/"([^"]*)"|([^\s"]+)/g)].map(
        ([, quoted, bare]) => quoted ?? bare ?? "",
      );
      const comment = words.findIndex((word) => word.startsWith("#"));
      const values = comment < 0 ? words : words.slice(0, comment);
      if (/^host$/i.test(keyword)) return values.filter((value) => !/[*?!]/.test(value));
      if (!/^include$/i.test(keyword) || depth === DEEPEST_INCLUDE) return [];
      return values
        .flatMap((pattern) => filesOf(pattern, folder))
        .flatMap((included) => hostsIn(included, folder, depth + 1));
    });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** Included files are given from the folder of the user's configuration, with `~`, `*` and `?`. */
function filesOf(pattern: string, folder: string): string[] {
  const home = pattern.replace(/^~(?=\/)/, homedir());
  const path = isAbsolute(home) ? home : join(folder, home);
  return path.split("/").reduce<string[]>((found, part) => found.flatMap((each) => step(each, part)), [""]);
}

function step(folder: string, part: string): string[] {
  if (!/[*?]/.test(part)) return [folder === "" && part === "" ? "/" : join(folder || "/", part)];
  const source = part
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  try {
    return readdirSync(folder)
      .filter((name) => new RegExp(`^${source}$`).test(name))
      .filter((name) => part.startsWith(".") || !name.startsWith("."))
      .toSorted()
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
