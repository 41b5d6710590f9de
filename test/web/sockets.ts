import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { WebSocket as Client } from "ws";
import { type Clock, systemClock } from "../../src/clock.ts";
import { handshakeAnswer } from "../../src/web/handshake.ts";
import { HttpError, refuseUpgrade } from "../../src/web/http-error.ts";
import { WebSocket } from "../../src/web/websocket.ts";

/** A server whose sockets say back what they hear, and note how they end. */
export interface EchoServer {
  readonly port: number;
  readonly url: string;
  readonly sockets: readonly WebSocket[];
  /** The codes of those that have ended. */
  readonly ended: readonly number[];
  readonly heard: readonly string[];
  /** How many are open, also those that were refused. */
  connections(): number;
}

export async function echoServer(t: TestContext, clock: Clock = systemClock): Promise<EchoServer> {
  const sockets: WebSocket[] = [];
  const ended: number[] = [];
  const heard: string[] = [];
  const server = createServer();
  server.on("upgrade", (request, connection, head) => {
    try {
      connection.write(handshakeAnswer(request));
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      return refuseUpgrade(connection, error);
    }
    const socket: WebSocket = new WebSocket(connection, head, clock, {
      onText(text) {
        heard.push(text);
        socket.sendText(text);
      },
      onBinary: (bytes) => socket.sendBinary(bytes),
      onDrain: () => {},
      onClose: (code) => ended.push(code),
    });
    sockets.push(socket);
  });
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { connections: () => open.size, port, url: `ws://127.0.0.1:${port}/`, sockets, ended, heard };
}

/** A client by the `ws` package, open. */
export async function openClient(t: TestContext, url: string, protocol = "nanogent.1"): Promise<Client> {
  const client = new Client(url, protocol);
  t.after(() => client.terminate());
  await new Promise((resolve, reject) => {
    client.once("open", resolve);
    client.once("error", reject);
  });
  return client;
}

/** A client that writes what it wants, and gathers the raw answer. */
export interface RawClient {
  readonly socket: Socket;
  /** All bytes behind the headers of the answer. */
  received(): Buffer;
  readonly ended: Promise<void>;
}

/** @param first sent with the handshake, in one piece. */
export async function rawClient(
  t: TestContext,
  port: number,
  first: Buffer = Buffer.alloc(0),
  protocol = "nanogent.1",
): Promise<RawClient> {
  // It leaves its end open when the other one is closed.
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  t.after(() => socket.destroy());
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {});
  const ended = new Promise<void>((resolve) => {
    socket.on("end", () => resolve());
    socket.on("close", () => resolve());
  });
  const lines = [
    "GET / HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Protocol: ${protocol}`,
  ];
  socket.write(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), first]));
  const received = (): Buffer => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf("\r\n\r\n");
    return end < 0 ? Buffer.alloc(0) : all.subarray(end + 4);
  };
  return { socket, received, ended };
}
