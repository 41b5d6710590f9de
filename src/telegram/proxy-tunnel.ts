import { type ClientRequest, request as httpRequest } from "node:http";
import { Agent, type AgentOptions, request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as tlsConnect } from "node:tls";
import { reasonOf } from "./network-reason.ts";

/** Node calls it once at most, however often it is called here. */
type Connected = (error: Error | null, socket?: Duplex) => void;

interface Target {
  readonly host: string;
  readonly port: number | string;
}

const DEADLINE_MS = 15_000;

/**
 * An agent whose connections go through an HTTP proxy by `CONNECT` (RFC 9110, section 9.3.6). A connection is handed
 * on only once TLS to the server itself stands, so nothing of a request can have left before.
 */
export function tunnelAgent(proxy: URL, options: AgentOptions): Agent {
  const agent = new Agent(options);
  const open = (target: Target, connected: Connected): void => openTunnel(proxy, target, connected);
  return Object.assign(agent, { createConnection: open });
}

function openTunnel(proxy: URL, target: Target, connected: Connected): void {
  const outgoing = askFor(target, proxy);
  const deadline = setTimeout(() => outgoing.destroy(new Error("it does not answer")), DEADLINE_MS);
  const end: Connected = (error, socket) => {
    clearTimeout(deadline);
    connected(error, socket);
  };
  outgoing.once("error", (error) => end(new Error(`the proxy cannot be reached: ${reasonOf(error)}`)));
  outgoing.once("connect", ({ statusCode = 0 }, socket) => {
    if (statusCode < 200 || statusCode > 299) {
      socket.destroy();
      return end(new Error(`the proxy refused the connection with status ${statusCode}`));
    }
    // An address is no name that TLS could ask for (RFC 6066, section 3); `host` is what the certificate must match.
    const servername = isIP(target.host) ? "" : target.host;
    const secure = tlsConnect({ socket, host: target.host, servername });
    secure.on("error", end);
    secure.once("close", () => end(new Error("the connection was reset")));
    secure.once("secureConnect", () => end(null, secure));
  });
  outgoing.end();
}

function askFor(target: Target, proxy: URL): ClientRequest {
  const address = `${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const secure = proxy.protocol === "https:";
  return (secure ? httpsRequest : httpRequest)({
    host: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: proxy.port || (secure ? 443 : 80),
    method: "CONNECT",
    path: address,
    agent: false,
    headers: {
      host: address,
      ...(proxy.username ? { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` } : {}),
    },
  });
}
