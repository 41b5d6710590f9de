import { chmodSync, lstatSync } from "node:fs";
import { OPEN_TO_OTHERS } from "../config-warnings.ts";
import type { Finding, Patient } from "./examination.ts";

const NAME = ".env";

/** Whether the configuration can be read and makes sense: a finding for each thing that does not. */
export function settings({ config, problems, paths }: Patient): readonly Finding[] {
  const found: Finding[] = [
    ...problems.map(({ key, where, fault }) => ({
      name: NAME,
      state: "fail" as const,
      ...inTwo(`${key} (${where}) ${fault}.`),
      ...(isClosedToOwner(paths.env) ? { mend: () => close(paths.env) } : {}),
    })),
    ...(config?.warnings ?? []).map((warning) => ({
      name: NAME,
      state: "warning" as const,
      ...inTwo(warning),
      ...(warning === OPEN_TO_OTHERS ? { mend: () => close(paths.env) } : {}),
    })),
  ];
  if (found.length > 0) return found;
  const there = lstatSync(paths.env, { throwIfNoEntry: false }) !== undefined;
  const words = there ? "The settings make sense." : "There is none. The environment has all that is needed.";
  return [{ name: NAME, state: "pass", words }];
}

/** What is wrong, and the sentences behind it, which say what to do about it. */
function inTwo(text: string): { words: string; fix?: string } {
  const [, words, fix] = /^(.*?\.)\s+(\S.*)$/s.exec(text) ?? [];
  if (words === undefined || fix === undefined) return { words: text };
  return { words, fix: /[.?!]$/.test(fix) || fix.includes(": ") ? fix : `${fix}.` };
}

/** Then reading it is all that is wrong. */
function isClosedToOwner(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found?.isFile() === true && found.uid === process.getuid?.() && (found.mode & 0o400) === 0;
}

function close(path: string): string {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) {
    throw new Error(".env is a symbolic link. Close the file that it points at yourself");
  }
  chmodSync(path, 0o600);
  return "Made .env readable by you only.";
}
