import type { Finding } from "./examination.ts";

const OLDEST_MAJOR = 20;

/** Whether this Node is one that nanogent runs on. */
export function node(version = process.versions.node): Finding {
  const words = `Node ${version}`;
  if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return { name: "node", state: "pass", words };
  return {
    name: "node",
    state: "fail",
    words: `${words} is too old.`,
    fix: `Install Node ${OLDEST_MAJOR} or newer: https://nodejs.org`,
  };
}
