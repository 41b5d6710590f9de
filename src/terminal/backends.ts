import type { Backend } from "./pty.ts";

/** What stands before a terminal's command: the kind of place, and which of them. */
export interface Where {
  readonly kind: Backend["name"];
  /** Empty for this machine. */
  readonly name: string;
}

export const HOST: Where = { kind: "host", name: "" };

/** `host`, `ssh:NAME`, `docker`, `docker:NAME`, `kubectl:POD`; undefined for any other word, such as a command. */
export function readWhere(word: string): Where | undefined {
  if (word === "host") return HOST;
  if (word === "docker") return { kind: "docker", name: "" };
  const [, kind, name = ""] = /^(ssh|docker|kubectl):(\S+)$/.exec(word) ?? [];
  return kind === undefined ? undefined : { kind: kind as Where["kind"], name };
}

/** The kind of place, and what stands behind its colon, whether there is such a place or not. */
export function splitWhere(where: string): { readonly kind: string; readonly name: string } {
  const [, kind = "", name = ""] = /^([a-z]+)(?::(.*))?$/s.exec(where) ?? [];
  return { kind, name };
}

export function whereWord({ kind, name }: Where): string {
  return name === "" ? kind : `${kind}:${name}`;
}
