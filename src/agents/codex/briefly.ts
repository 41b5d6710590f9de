import { within } from "../../within.ts";
import { type AppServer, type AppServerOptions, startAppServer } from "./app-server.ts";
import { startFailure } from "./errors.ts";

const EXIT_MS = 2_000;

/**
 * Starts an app-server for a few questions that call no model, and ends it. Leaves no process behind. Rejects when it
 * cannot be asked, refuses, or takes longer than `deadlineMs`.
 */
export async function briefly<T>(
  options: AppServerOptions,
  deadlineMs: number,
  ask: (call: AppServer["call"]) => Promise<T>,
): Promise<T> {
  const server = startAppServer(options);
  const child = server.process;
  const asking = server.initialize().then(() => ask(server.call));
  const settled = asking.then(
    () => {},
    () => {},
  );
  const inTime = await within(settled, deadlineMs);
  child.closeStdin();
  if (inTime) await within(child.exited, EXIT_MS);
  await child.end();
  const exit = await child.closed;
  if (exit.error) throw new Error(startFailure(exit.error, options.binary, options.cwd).message);
  if (!inTime) throw new Error("no answer in time");
  return asking;
}
