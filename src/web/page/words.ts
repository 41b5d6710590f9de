import type { Ended } from "./protocol.ts";

/** How long it lasts by now, as short as it goes. Times in milliseconds since the epoch. */
export function lasted(since: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** When it was. */
export function ago(time: number, now: number): string {
  return now - time < 10_000 ? "now" : `${lasted(time, now)} ago`;
}

/** While a connection is made again; `long` when that has failed for a while. */
export function waitingWords(long: boolean): string {
  return long
    ? "No connection. Tap to try now, or open this page again from the chat: it may have another address."
    : "Connecting again… Tap to try now.";
}

/** How a terminal ended, for people. */
export function endedWords({ code, reason, lost }: Ended): string {
  if (lost) return reason ?? "The connection was lost.";
  const how = code === null ? "" : ` with exit code ${code}`;
  const why = reason === null ? "" : `: ${reason}`;
  return `Ended${how}${why}`;
}

/** What stands for `host` and the like. */
export function placeWords(where: string): string {
  if (where === "host") return "This machine";
  const [kind, name] = where.split(/:(.*)/s);
  const kinds: Readonly<Record<string, string>> = { ssh: "SSH", docker: "Docker", kubectl: "Kubernetes" };
  return `${kinds[kind ?? ""] ?? kind} · ${name ?? "a new one"}`;
}
