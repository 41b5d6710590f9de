import { join } from "node:path";
import type { FileToPut } from "../../terminal/backends/put-elsewhere.ts";
import type { PutFile } from "../../terminal/backends/put-script.ts";
import { readWhere } from "../../terminal/backends.ts";
import { BackendError } from "../../terminal/pty.ts";
import type { WebSessions } from "../../web/needs.ts";
import type { TerminalRoom } from "./room.ts";

export interface ForPageOptions {
  /** The project's folder, absolute. */
  readonly folder: string;
  /** What there is of terminals, loaded at the first call. */
  readonly room: () => Promise<TerminalRoom>;
  /** The same, as long as it is not loaded undefined. */
  readonly loaded: () => TerminalRoom | undefined;
  /** Resolves when it is, by whomever. */
  readonly whenLoaded: Promise<TerminalRoom>;
  /** Where terminals can be opened. */
  readonly hosts: () => Promise<readonly string[]>;
  /** Puts a file to where a terminal is that is not on this machine. @throws BackendError */
  readonly put: (where: string, file: FileToPut) => Promise<PutFile>;
}

/** To ask Docker takes a moment, and the list is looked at every second. */
const HOSTS_MS = 10_000;

/** The terminals, as the page wants them. */
export function terminalsForPage({
  folder,
  room,
  loaded,
  whenLoaded,
  hosts,
  put,
}: ForPageOptions): WebSessions {
  let known: { readonly hosts: readonly string[]; readonly at: number } | undefined;
  return {
    list: () => loaded()?.registry.all.map(({ session }) => session) ?? [],
    get: (key) => loaded()?.registry.find(key)?.session,
    async open({ where, ...request }) {
      const place = where === undefined ? undefined : readWhere(where);
      if (where !== undefined && !place) throw new BackendError(`${where} is no place for a terminal.`);
      const { registry } = await room();
      return (await registry.openSession({ ...request, ...(place ? { where: place } : {}) })).session;
    },
    async reconnect(id) {
      const opened = await (await room()).registry.openAgain(id);
      return typeof opened === "string" ? opened : opened.known.session;
    },
    async close(id) {
      if (loaded()?.registry.find(id)?.session.exit) loaded()?.registry.discard(id);
      else await loaded()?.close(id);
    },
    async drive(key) {
      const session = loaded()?.registry.find(key)?.session;
      if (!session) return undefined;
      const { driverOf } = await import("../../terminal/input/driver.ts");
      return driverOf(session, join(folder, ".nanogent", "shared"));
    },
    rename: (id, name) => loaded()?.registry.rename(id, name),
    async folderOf(id) {
      const known = loaded()?.registry.find(id);
      const where = known?.record.where ?? "host";
      // The project is in the container, too.
      if (where === "docker") return { here: folder };
      if (where === "host") return { here: (await known?.session.cwd()) ?? folder };
      const mark = known?.record.mark ?? "";
      return { put: (path, name) => put(where, { path, name, mark }) };
    },
    async hosts() {
      const now = performance.now();
      if (!known || now - known.at > HOSTS_MS) known = { hosts: await hosts(), at: now };
      return known.hosts;
    },
    onChange(listener) {
      let isOver = false;
      let end = (): void => {};
      // Before that there is no terminal, so nothing changes.
      void whenLoaded.then(({ registry }) => {
        if (isOver) return;
        end = registry.onChange(listener);
        listener();
      });
      return () => {
        isOver = true;
        end();
      };
    },
  };
}
