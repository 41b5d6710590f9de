import { readFileSync } from "node:fs";
import { isAbsolute } from "node:path";
import { writeFilePrivately } from "../../env-file.ts";
import { BackendError } from "../pty.ts";

/** A machine that was added in the chat. */
export interface AddedHost {
  /** A name of the network or an address. */
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** Absolute. */
  readonly keyFile?: string;
}

/** The machines of a project, in a file that only its owner may read. Each change is made to what the file holds then. */
export interface AddedHosts {
  all(): ReadonlyMap<string, AddedHost>;
  /** Also instead of an older one of this name. @throws BackendError for what is no name or address, or the file system's error. */
  set(name: string, host: AddedHost): void;
  /** False when there is none of this name. @throws the file system's error. */
  remove(name: string): boolean;
}

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;
const HOST = /^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,254}$/;
const USER = /^[A-Za-z0-9_][\w.@\\-]{0,63}\$?$/;

/** @param path `.nanogent/ssh-hosts.json`. */
export function addedHosts(path: string): AddedHosts {
  const all = (): Map<string, AddedHost> => new Map(readHosts(path));
  const write = (hosts: ReadonlyMap<string, AddedHost>) =>
    writeFilePrivately(path, `${JSON.stringify(Object.fromEntries(hosts), null, 2)}\n`);
  return {
    all,
    set(name, host) {
      const fault = faultOf(name, host);
      if (fault !== undefined) throw new BackendError(...fault);
      write(all().set(name, host));
    },
    remove(name) {
      const hosts = all();
      if (!hosts.delete(name)) return false;
      write(hosts);
      return true;
    },
  };
}

/**
 * Reads `user@host:port`, of which user and port may be left out; an IPv6 address with a port is in brackets.
 * Undefined for what is none.
 */
export function parseAddress(text: string): Pick<AddedHost, "host" | "user" | "port"> | undefined {
  const [, user, bracketed, plain, port] =
    /^(?:(.+)@)?(?:\[([^\]]+)\]|([^@[\]:]+|[^@[\]]*:[^@[\]]*:[^@[\]]*?))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) return undefined;
  const address = {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
  return faultOf("x", address) === undefined ? address : undefined;
}

function faultOf(name: string, { host, user, port, keyFile }: AddedHost): [string, string] | undefined {
  if (!NAME.test(name))
    return ["That is no name for a machine.", "Use letters, digits, dots, _ and -; 64 at most."];
  if (!HOST.test(host))
    return ["That is no name or address of a machine.", "Such as example.org or 192.0.2.1"];
  if (user !== undefined && !USER.test(user)) return ["That is no name of a user.", "Such as root"];
  if (port !== undefined && (!Number.isInteger(port) || port < 1 || port > 65_535))
    return ["That is no port.", "A number from 1 to 65535"];
  if (keyFile !== undefined && !isAbsolute(keyFile)) return ["The key's file needs its whole path.", ""];
  return undefined;
}

/** What would not have been taken is left out: the file may have been written by hand. */
function readHosts(path: string): [string, AddedHost][] {
  try {
    const read = JSON.parse(readFileSync(path, "utf8")) as Record<string, AddedHost>;
    return Object.entries(read).filter(([name, host]) => {
      return typeof host?.host === "string" && faultOf(name, host) === undefined;
    });
  } catch {
    return [];
  }
}
