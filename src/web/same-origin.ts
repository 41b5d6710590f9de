import type { IncomingMessage } from "node:http";
import { HttpError } from "./http-error.ts";

/**
 * Refuses what a page of another origin, or another name for this address (DNS rebinding), sends: any page that is open
 * in a browser on this machine can reach the port.
 * @param publicUrl the address under which a tunnel or a proxy leads here, as it is now.
 * @throws HttpError (403)
 */
export function checkOrigin({ headers }: IncomingMessage, port: number, publicUrl: URL | undefined): void {
  const local = ["127.0.0.1", "localhost"].map((name) => new URL(`http://${name}:${port}`));
  const known = publicUrl ? [...local, publicUrl] : local;
  const host = headers.host?.toLowerCase();
  // A browser leaves out the port that is the scheme's own; other programs may write it.
  const hosts = known.flatMap((url) => [url.host, `${url.hostname}:${url.port || portOf(url)}`]);
  if (host === undefined || !hosts.includes(host))
    throw new HttpError(403, "wrong-host", "This name is not one under which the page is served.");
  const { origin } = headers;
  // Every browser sends it with what changes something and with an upgrade.
  if (origin !== undefined && !known.some((url) => url.origin === origin.toLowerCase()))
    throw new HttpError(403, "wrong-origin", "Another page may not do this.");
}

function portOf({ protocol }: URL): string {
  return protocol === "https:" ? "443" : "80";
}
