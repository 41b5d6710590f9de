import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface Incoming {
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  /** Undefined when it was larger than any upload may be. */
  readonly body: Buffer | undefined;
  /** Aborts when the client is gone. */
  readonly gone: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly type: "application/json" | "text/html" | "application/octet-stream";
  readonly body: Buffer | string;
  /** How much of it reaches the client before the connection breaks; all of it unless told. */
  readonly arrives?: "nothing" | "half";
}

const MAX_BODY = 50 * 1024 * 1024;

/** A server on a free port of 127.0.0.1 that can go away and come back. */
export async function serve(answer: (incoming: Incoming) => Promise<Reply>) {
  const server = createServer((request, response) => {
    handle(request, response, answer).catch(() => request.socket.destroy());
  });
  // An idle connection that closes just as it is used again would make tests fail at random.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const { port } = address;
  return {
    port,
    async goOffline(): Promise<void> {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async goOnline(): Promise<void> {
      if (!server.listening) await once(server.listen(port, "127.0.0.1"), "listening");
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (incoming: Incoming) => Promise<Reply>,
): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const body = await readBody(request);
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const reply = await answer({
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    contentType: request.headers["content-type"] ?? "",
    body,
    gone: gone.signal,
  });
  if (reply.arrives === "nothing") return void request.socket.destroy();
  const whole = Buffer.from(reply.body);
  response.writeHead(reply.status, { "content-type": reply.type, "content-length": whole.length });
  if (reply.arrives === undefined) return void response.end(whole);
  response.write(whole.subarray(0, whole.length / 2), () => request.socket.destroy());
}

/** Reads to the end even what is too large: a client that still writes would not see the answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY) chunks.push(chunk);
  }
  return size <= MAX_BODY ? Buffer.concat(chunks) : undefined;
}
