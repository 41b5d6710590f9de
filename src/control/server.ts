import { chmodSync, existsSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Log } from "../log.ts";
import { answerError, HttpError } from "../web/http-error.ts";
import { within } from "../within.ts";
import { type ControlRoute, routeControl } from "./router.ts";
import { secureSocketFolder } from "./socket-path.ts";

export interface ControlServerOptions {
  /** Of the socket; see `controlSocketPath`. */
  readonly path: string;
  readonly routes: readonly ControlRoute[];
  readonly log: Log;
}

const MOST_CONNECTIONS = 64;
/** For the request alone: an answer may take as long as it likes. */
const REQUEST_MS = 10_000;
const REST_MS = 500;

/**
 * What other programs of the same user say to the bridge: HTTP with JSON over a unix socket that nobody else can open.
 * Errors are `{"error":{"code","message","hint"?}}`.
 */
export class ControlServer {
  readonly #options: ControlServerOptions;
  #server: Server | undefined;
  /** With those whose socket's file was removed while somebody still waits on them. */
  readonly #servers = new Set<Server>();
  #opening: Promise<void> | undefined;

  constructor(options: ControlServerOptions) {
    this.#options = options;
  }

  /**
   * Opens the socket where it is not open, or its file was removed. What a killed life has left there is replaced: the
   * project's lock keeps away those that live.
   * @throws the system's error.
   */
  open(): Promise<void> {
    this.#opening ??= this.#listen().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  /** Cuts whoever still waits. Resolves when the socket is gone. */
  async stop(): Promise<void> {
    await this.#opening?.catch(() => {});
    this.#server = undefined;
    const closed = [...this.#servers].map((server) => {
      const isClosed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      return isClosed;
    });
    await Promise.all(closed);
  }

  async #listen(): Promise<void> {
    const { path } = this.#options;
    if (this.#server && existsSync(path)) return;
    // Its file is removed at once, not when the last one that waits has gone: the next one is not touched.
    this.#server?.close();
    this.#server = undefined;
    secureSocketFolder(path);
    rmSync(path, { force: true });
    const server = createServer(
      { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS },
      (request, response) => void this.#answer(request, response),
    );
    server.maxConnections = MOST_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    chmodSync(path, 0o600);
    this.#server = server;
    this.#servers.add(server);
    server.once("close", () => this.#servers.delete(server));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    try {
      const body = Buffer.from(
        JSON.stringify(await routeControl(this.#options.routes, request, gone.signal)),
      );
      response
        .writeHead(200, { "Content-Type": "application/json", "Content-Length": body.length })
        .end(body);
    } catch (error) {
      await readToItsEnd(request);
      answerError(response, this.#explain(error));
    }
  }

  #explain(error: unknown): HttpError {
    if (error instanceof HttpError) return error;
    this.#options.log.error("a request to the control socket failed", { error });
    return new HttpError(500, "fault", "nanogent has a fault here. Its log says more.");
  }
}

/** Whoever still writes does not read the answer. */
async function readToItsEnd(request: IncomingMessage): Promise<void> {
  if (request.complete) return;
  const ended = new Promise((resolve) => request.once("end", resolve).once("close", resolve));
  request.resume();
  await within(ended, REST_MS);
}
