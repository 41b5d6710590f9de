import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer, connect as netConnect, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";

/** A server of raw connections on 127.0.0.1. */
export interface RawServer {
  readonly port: number;
  /** How many connections it has accepted. */
  readonly connections: number;
  /** Breaks every connection and goes away. */
  close(): Promise<void>;
}

/** Speaks whatever `handle` speaks. */
export function rawServer(t: TestContext, handle: (socket: Socket) => void): Promise<RawServer> {
  return listen(t, createServer(handle));
}

export interface SecureServer extends RawServer {
  /** The names by which clients called it; false for one that named none. */
  readonly names: readonly TLSSocket["servername"][];
}

/** Speaks TLS, and passes on to a port of this machine what is in it. */
export async function tlsServer(t: TestContext, options: TlsOptions, port: number): Promise<SecureServer> {
  const names: TLSSocket["servername"][] = [];
  const server = createTlsServer(options, (socket) => {
    names.push(socket.servername);
    join(socket, netConnect(port, "127.0.0.1"));
  });
  // A client that does not trust the certificate goes away in the middle.
  server.on("tlsClientError", () => {});
  return Object.assign(await listen(t, server), { names });
}

export function httpServer(t: TestContext, listener: RequestListener, host?: string): Promise<RawServer> {
  return listen(t, createHttpServer(listener), host);
}

export interface Proxy extends RawServer {
  /** The addresses that were asked for. */
  readonly targets: readonly string[];
}

/** An HTTP proxy that knows CONNECT only. With a login (`name:password`) it lets in nobody else. */
export async function connectProxy(t: TestContext, login?: string): Promise<Proxy> {
  const targets: string[] = [];
  const wanted = login && `Basic ${Buffer.from(login).toString("base64")}`;
  const server = createHttpServer();
  server.on("connect", (request, socket: Socket) => {
    if (wanted !== undefined && request.headers["proxy-authorization"] !== wanted) {
      return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    }
    const target = request.url ?? "";
    targets.push(target);
    const onward = netConnect(Number(target.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      join(socket, onward);
    });
    onward.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
  });
  return Object.assign(await listen(t, server), { targets });
}

/** A port on which nobody listens. */
export async function closedPort(t: TestContext): Promise<number> {
  const server = await rawServer(t, () => {});
  await server.close();
  return server.port;
}

async function listen(t: TestContext, server: Server, host = "127.0.0.1"): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await once(server.listen(0, host), "listening");
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  t.after(close);
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    close,
  };
}

function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on("error", () => to.destroy());
    from.on("close", () => to.destroy());
    from.pipe(to);
  }
}
