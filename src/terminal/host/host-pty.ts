import { existsSync } from "node:fs";
import { type Backend, BackendError, type Pty, type PtyRequest } from "../pty.ts";
import { WAYS } from "./launch.ts";
import { findNodePty, openNodePty } from "./node-pty.ts";
import { openPipedPty } from "./piped-pty.ts";

/** Terminals on this machine: by node-pty where it is installed, else by `script`, else by Python. */
export const hostBackend: Backend = {
  name: "host",
  open: (request, keep) => (keep ? keep.openPty(request) : openHostPty(request)),
  canKeep: async () => true,
  takeOver: ({ pty }) => pty,
};

/** @throws BackendError when the machine has no way to open one. */
export async function openHostPty(request: PtyRequest): Promise<Pty> {
  if (!existsSync(request.cwd)) throw new BackendError(`There is no folder ${request.cwd}.`);
  const nodePty = await findNodePty();
  if (nodePty) return openNodePty(nodePty, request);
  for (const way of WAYS) {
    try {
      return await openPipedPty(way, request);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  throw new BackendError(
    "This machine has nothing that opens a terminal.",
    "Install script (util-linux) or python3.",
  );
}

function isMissing(error: unknown): boolean {
  return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}
