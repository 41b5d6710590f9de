import { existsSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { VERSION } from "../version.ts";
import { explain, sendJson, urlOf } from "../web/answers.ts";
import { answerError, HttpError, refuseUpgrade } from "../web/http-error.ts";
import type { WebNeeds } from "../web/needs.ts";
import { route } from "../web/router.ts";
import { Sockets } from "../web/sockets.ts";
import type { Grant } from "../web/tokens.ts";
import { within } from "../within.ts";
import { type ControlRoute, routeControl } from "./router.ts";
import { secureSocketFolder } from "./socket-path.ts";
import { refuseStranger } from "./stranger.ts";
import { VERSION_HEADER } from "./version.ts";

export interface ControlServerOptions {
  /** Of the socket; see `controlSocketPath`. */
  readonly path: string;
  /** Those that ask who comes themselves; more may come. */
  readonly routes: readonly ControlRoute[];
  /** What all others show and drive. Resolves when what an earlier life has left is found again. */
  readonly needs: () => Promise<WebNeeds>;
  readonly clock: Clock;
  readonly log: Log;
}

const MOST_CONNECTIONS = 256;
const MOST_SOCKETS = 64;
/** For the request alone: an answer may take as long as it likes. */
const REQUEST_MS = 60_000;
const REST_MS = 500;

/** Whoever can open the socket is the user that the bridge runs as. */
const HERE: Grant = { visitor: { userId: undefined, name: "this machine" }, use: () => "owner" };

/**
 * What other programs of the same user say to the bridge: the API of the page, by HTTP with JSON and web sockets over a
 * unix socket that nobody else can open. Errors are `{"error":{"code","message","hint"?}}`.
 */
export class ControlServer {
  readonly #options: ControlServerOptions;
  #server: Server | undefined;
  /** With those whose socket's file was removed while somebody still waits on them. */
  readonly #servers = new Set<Server>();
  #opening: Promise<void> | undefined;
  #sockets: Promise<Sockets> | undefined;

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
    const servers = [...this.#servers];
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    (await this.#sockets)?.stop();
    for (const server of servers) server.closeAllConnections();
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
    server.on("upgrade", (request, socket, head) => void this.#upgrade(request, socket, head));
    server.maxConnections = MOST_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      // Changed afterwards, it would be open for a moment.
      const umask = process.umask(0o177);
      server.listen(path, resolve);
      process.umask(umask);
    });
    this.#server = server;
    this.#servers.add(server);
    server.once("close", () => this.#servers.delete(server));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { routes, needs, log } = this.#options;
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    response.setHeader(VERSION_HEADER, VERSION);
    try {
      const own = routeControl(routes, request, gone.signal);
      if (own) return sendJson(response, await own);
      refuseStranger(versionOf(request));
      const { pathname, searchParams: query } = urlOf(request);
      const call = { request, response, query, needs: await needs() };
      const result = await route(pathname, call, () => HERE);
      if (result) sendJson(response, result);
    } catch (error) {
      await readToItsEnd(request);
      answerError(response, explain(error, log));
    }
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => socket.destroy());
    try {
      refuseStranger(versionOf(request));
      if (urlOf(request).pathname !== "/v1/socket")
        throw new HttpError(404, "not-found", "There is no web socket here.");
      this.#sockets ??= this.#makeSockets();
      (await this.#sockets).accept(request, socket, head);
    } catch (error) {
      refuseUpgrade(socket, explain(error, this.#options.log));
    }
  }

  async #makeSockets(): Promise<Sockets> {
    const { needs, clock, log } = this.#options;
    return new Sockets({
      ...{ needs: await needs(), clock, log, mostPerVisitor: MOST_SOCKETS },
      admit: () => HERE,
    });
  }
}

function versionOf({ headers }: IncomingMessage): string | undefined {
  const version = headers[VERSION_HEADER];
  return version === undefined ? undefined : String(version);
}

/** Whoever still writes does not read the answer. */
async function readToItsEnd(request: IncomingMessage): Promise<void> {
  if (request.complete) return;
  const ended = new Promise((resolve) => request.once("end", resolve).once("close", resolve));
  request.resume();
  await within(ended, REST_MS);
}
