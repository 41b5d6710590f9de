import { request as httpRequest } from "node:http";
import { Agent, type AgentOptions, request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { connect as tlsConnect } from "node:tls";

type Connected = (error: Error | null, socket?: Duplex) => void;

interface Target {
  readonly host: string;
  readonly port: number | string;
}

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
  const address = `${target.host.includes(":") ? `[${target.host}]` : target.host}:${target.port}`;
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const connect = proxy.protocol === "https:" ? httpsRequest : httpRequest;
  const outgoing = connect({
    host: proxy.hostname,
    port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
    method: "CONNECT",
    path: address,
    agent: false,
    headers: {
      host: address,
      ...(proxy.username ? { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` } : {}),
    },
  });
  outgoing.once("error", (error) => connected(new Error(`the proxy cannot be reached: ${error.message}`)));
  outgoing.once("response", (response) => {
    response.resume();
    connected(new Error(`the proxy refused the connection with status ${response.statusCode}`));
  });
  outgoing.once("connect", (response, socket) => {
    if (response.statusCode !== 200) {
      socket.destroy();
      return connected(new Error(`the proxy refused the connection with status ${response.statusCode}`));
    }
    const secure = tlsConnect({ socket, servername: target.host });
    secure.once("error", connected);
    secure.once("secureConnect", () => {
      secure.off("error", connected);
      connected(null, secure);
    });
  });
  outgoing.end();
}
