import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { isOwnFolder, runtimeFolder } from "../runtime-folder.ts";

/** In bytes. Systems take 104 to 108, with the zero at its end. */
const LONGEST_PATH = 100;

/**
 * Where the socket of a project's bridge is: with its state, or among the user's own sockets when that path is too long
 * for one.
 * @param state The folder with the state, absolute.
 */
export function controlSocketPath(state: string, env: NodeJS.ProcessEnv): string {
  const own = join(state, "control.sock");
  if (Buffer.byteLength(own) <= LONGEST_PATH) return own;
  const project = createHash("sha256").update(state).digest("hex").slice(0, 16);
  return join(runtimeFolder(env), `control-${project}.sock`);
}

/** Makes sure that nobody else can put a socket there. @throws Error when somebody can. */
export function secureSocketFolder(path: string): void {
  if (!isOwnFolder(dirname(path))) throw new Error(`${dirname(path)} belongs to another user`);
}
