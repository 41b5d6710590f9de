import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../clock.ts";
import { reasonOf } from "./network-reason.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Path with query, from the root of the server. Holds the token, so it never gets into an error. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
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
  /** Drops all connections: those under way fail. */
  close(): void;
}

// A connection that the server may have closed meanwhile turns a send into a question without an answer, so idle ones
// are given up early.
const IDLE_CONNECTION_MS = 20_000;
/** What fails for want of a connection has not arrived for sure, so it pays to know early. */
const CONNECT_MS = 10_000;
/** A connection over which nothing comes for so long is asked whether it lives; after 10 s of silence it does not. */
const PROBE_AFTER_MS = 5_000;
const MOST_BYTES = 32 * 1024 * 1024;

/** HTTP to one server over kept-alive connections, through a proxy when there is one. */
export function createTransport(root: URL, clock: Clock, proxy?: URL): Transport {
  const secure = root.protocol === "https:";
  let door: Promise<Door> | undefined;
  return {
    async request(request) {
      door ??= doorTo(secure, proxy);
      const { agent, open } = await door;
      // Only when the event loop has looked is it known which idle connections the server has closed meanwhile.
      await new Promise((resolve) => setImmediate(resolve));
      const start = (): ClientRequest =>
        open({
          agent,
          host: root.hostname.replace(/^\[|\]$/g, ""),
          port: root.port || (secure ? 443 : 80),
          method: request.method,
          path: request.path,
          headers: request.headers,
        });
      return exchange(start, request, secure ? "secureConnect" : "connect", clock);
    },
    close: () => void door?.then(({ agent }) => agent.destroy()),
  };
}

interface Door {
  readonly agent: Agent;
  readonly open: (options: RequestOptions) => ClientRequest;
}

async function doorTo(secure: boolean, proxy: URL | undefined): Promise<Door> {
  const options = { keepAlive: true, timeout: IDLE_CONNECTION_MS, scheduling: "lifo" as const };
  if (!secure) return { agent: new Agent(options), open: httpRequest };
  // Loaded only here: a bridge that talks to a server of its own over http need not pay for TLS.
  const https = await import("node:https");
  if (!proxy) return { agent: new https.Agent(options), open: https.request };
  const { tunnelAgent } = await import("./proxy-tunnel.ts");
  return { agent: tunnelAgent(proxy, options), open: https.request };
}

function exchange(
  start: () => ClientRequest,
  request: HttpRequest,
  connectEvent: "connect" | "secureConnect",
  clock: Clock,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    let connected = false;
    let outgoing: ClientRequest;
    try {
      outgoing = start();
    } catch (error) {
      return reject(new TransportError(reasonOf(error as Error), false));
    }
    const fail = (reason: string): void => {
      finish();
      outgoing.destroy();
      reject(new TransportError(reason, connected));
    };
    const abort = (): void => fail("aborted");
    const deadlines = [
      clock.after(request.timeoutMs, () => fail(`no answer within ${request.timeoutMs / 1000} s`)),
      clock.after(CONNECT_MS, () => {
        if (!connected) fail(`no connection within ${CONNECT_MS / 1000} s`);
      }),
    ];
    const finish = (): void => {
      for (const cancel of deadlines) cancel();
      request.signal?.removeEventListener("abort", abort);
    };

    outgoing.on("error", (error) => fail(reasonOf(error)));
    outgoing.on("socket", (socket: Socket) => {
      // After sleep or a change of network the other end may be gone without a word, in the middle of a poll.
      socket.setKeepAlive(true, PROBE_AFTER_MS);
      if (!socket.connecting) connected = true;
      else
        socket.once(connectEvent, () => {
          connected = true;
        });
    });
    outgoing.on("response", (incoming) => {
      collect(incoming, fail, (body) => {
        finish();
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body });
      });
    });
    if (request.signal?.aborted) return abort();
    request.signal?.addEventListener("abort", abort, { once: true });
    outgoing.end(request.body);
  });
}

function collect(
  incoming: IncomingMessage,
  fail: (reason: string) => void,
  done: (body: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MOST_BYTES) fail("the answer is too long");
  });
  incoming.on("error", (error) => fail(reasonOf(error)));
  incoming.on("close", () =>
    incoming.complete ? done(Buffer.concat(chunks)) : fail("the answer was cut off"),
  );
}
