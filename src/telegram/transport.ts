import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Path with query, from the root of the server. Holds the token, so it never gets into an error. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  /** Longer answers are cut off with an error. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** The exchange failed. `mayHaveArrived` is false only when not one byte of the request had a way to leave. */
export class TransportError extends Error {
  override name = "TransportError";
  readonly mayHaveArrived: boolean;

  constructor(reason: string, mayHaveArrived: boolean) {
    super(reason);
    this.mayHaveArrived = mayHaveArrived;
  }
}

export interface Transport {
  /** @throws TransportError */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Drops all connections: those under way fail, the next request opens a new one. */
  reconnect(): void;
}

// A connection that the server may have closed meanwhile turns a send into a question without an answer, so idle ones
// are given up early.
const IDLE_CONNECTION_MS = 20_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** HTTP to one server over kept-alive connections, through a proxy when there is one. */
export function createTransport(root: URL, proxy?: URL): Transport {
  const secure = root.protocol === "https:";
  const options = { keepAlive: true, timeout: IDLE_CONNECTION_MS, scheduling: "lifo" as const };
  let agent: Agent | HttpsAgent | undefined;

  async function connectTo(request: HttpRequest): Promise<ClientRequest> {
    const target: RequestOptions = {
      host: root.hostname.replace(/^\[|\]$/g, ""),
      port: root.port || (secure ? 443 : 80),
      method: request.method,
      path: request.path,
      headers: { connection: "keep-alive", ...request.headers },
    };
    if (!secure) {
      agent ??= new Agent(options);
      return httpRequest({ ...target, agent });
    }
    // Loaded only here: a bridge that talks to a server of its own over http need not pay for TLS.
    const https = await import("node:https");
    const tunnel = proxy ? await import("./proxy-tunnel.ts") : undefined;
    agent ??= tunnel && proxy ? tunnel.tunnelAgent(proxy, options) : new https.Agent(options);
    return https.request({ ...target, agent });
  }

  return {
    request: async (request) => exchange(await connectTo(request), request, secure),
    reconnect() {
      agent?.destroy();
      agent = undefined;
    },
  };
}

function exchange(outgoing: ClientRequest, request: HttpRequest, secure: boolean): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let connected = false;
    const fail = (reason: string): void => {
      finish();
      outgoing.destroy();
      reject(new TransportError(reason, connected));
    };
    const abort = (): void => fail("aborted");
    const deadline = setTimeout(
      () => fail(`no answer within ${request.timeoutMs / 1000} s`),
      request.timeoutMs,
    );
    const finish = (): void => {
      clearTimeout(deadline);
      request.signal?.removeEventListener("abort", abort);
    };
    if (request.signal?.aborted) return abort();
    request.signal?.addEventListener("abort", abort, { once: true });

    outgoing.on("socket", (socket: Socket) => {
      if (!socket.connecting) connected = true;
      else
        socket.once(secure ? "secureConnect" : "connect", () => {
          connected = true;
        });
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => fail(reasonOf(error)));
    outgoing.on("response", (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > (request.maxBytes ?? MAX_BYTES)) fail("the answer is too long");
      });
      incoming.on("error", (error) => fail(reasonOf(error)));
      incoming.on("close", () => {
        if (!incoming.complete) return fail("the answer was cut off");
        finish();
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
      });
    });
    outgoing.end(request.body);
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  const known: Record<string, string> = {
    ENOTFOUND: "the name of the server cannot be resolved",
    EAI_AGAIN: "the name of the server cannot be resolved",
    ECONNREFUSED: "connection refused",
    ECONNRESET: "the connection was reset",
    EPIPE: "the connection was reset",
    ETIMEDOUT: "the connection timed out",
    ENETUNREACH: "no network",
    EHOSTUNREACH: "the server cannot be reached",
  };
  return (error.code && known[error.code]) || error.message || String(error.code);
}
