import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { explain, sendJson, urlOf } from "./answers.ts";
import { readJson } from "./body.ts";
import { answerError, HttpError, refuseUpgrade, SAFE_HEADERS, wrongMethod } from "./http-error.ts";
import { Links } from "./links.ts";
import { login } from "./login.ts";
import type { WebNeeds } from "./needs.ts";
import { route } from "./router.ts";
import { checkOrigin } from "./same-origin.ts";
import { Sockets } from "./sockets.ts";
import { Strangers } from "./strangers.ts";
import { type Grant, Tokens } from "./tokens.ts";
import { originOf, Tries } from "./tries.ts";

/** The page as it is sent: compressed, with its own policy of what it may load. */
export interface Page {
  /** gzip */
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ServerOptions {
  /** Undefined for any that is free. */
  readonly port: number | undefined;
  /** The bot's, by which Telegram signs who opens the page. */
  readonly botToken: string;
  /** For the links of `nanogent open`. */
  readonly linkKey: Buffer;
  readonly page: () => Page;
  readonly needs: WebNeeds;
  /** The address under which a tunnel or a proxy leads here, as it is now. */
  readonly publicUrl: () => URL | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface WebServer {
  readonly port: number;
  /** Cuts all viewers. Resolves when the port is free. */
  stop(): Promise<void>;
}

/** Whoever is removed from the list is cut within a second. */
const SWEEP_MS = 500;
const MOST_CONNECTIONS = 256;
/** Web sockets. */
const MOST_PER_VISITOR = 12;
/** An upload over a slow line takes its time. */
const REQUEST_MS = 15 * 60_000;
const HEADERS_MS = 10_000;
/** What lets somebody in is short. */
const LOGIN_MS = 5_000;
/** Telegram's clients for the web show the page in a frame. */
const FRAMES = "frame-ancestors https://web.telegram.org";

/**
 * Serves the page, its API and its web sockets on 127.0.0.1.
 * @throws the system's error when the port cannot be had.
 */
export async function startServer(options: ServerOptions): Promise<WebServer> {
  const { needs, clock, log, publicUrl, botToken } = options;
  const { roles } = needs;
  const tokens = new Tokens(clock, roles);
  const tries = new Tries(clock);
  const links = new Links(options.linkKey);
  const strangers = new Strangers();
  const sockets = new Sockets({
    ...{ needs, clock, log, mostPerVisitor: MOST_PER_VISITOR },
    admit(token, request) {
      const grant = tokens.find(token);
      if (grant) strangers.remove(request.socket);
      else tries.fail(request);
      return grant;
    },
  });
  let port = 0;
  let cancelSweep: (() => void) | undefined;

  /** Looks after those who were let in, as long as there are any. */
  const watchOver = (): void => {
    cancelSweep ??= clock.after(SWEEP_MS, () => {
      cancelSweep = undefined;
      tokens.sweep();
      sockets.sweep();
      if (tokens.count > 0 || sockets.count > 0) watchOver();
    });
  };

  const admit = (request: IncomingMessage, response: ServerResponse): Grant => {
    const token = /^Bearer ([\w-]{1,200})$/.exec(request.headers.authorization ?? "")?.[1];
    const grant = token === undefined ? undefined : tokens.find(token);
    if (grant) {
      strangers.remove(request.socket);
      response.once("close", () => strangers.add(request.socket));
      return grant;
    }
    if (token !== undefined) {
      tries.check(request);
      tries.fail(request);
    }
    throw new HttpError(401, "no-token", "Open this page again to be let in.");
  };

  const letIn = async (request: IncomingMessage): Promise<object> => {
    tries.check(request);
    const late = new HttpError(408, "too-slow", "The request has not come whole.");
    const cancel = clock.after(LOGIN_MS, () => request.destroy(late));
    const body = await readJson(request).finally(cancel);
    try {
      const answer = login(body, { botToken, links, tokens, roles, clock });
      watchOver();
      log.info("page opened", { name: answer.name, role: answer.role });
      return answer;
    } catch (error) {
      tries.fail(request);
      throw error;
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    strangers.note(request.socket, originOf(request));
    checkOrigin(request, port, publicUrl());
    const { pathname, searchParams: query } = urlOf(request);
    if (pathname === "/") return sendPage(request, response, options.page());
    if (pathname === "/v1/login" && request.method !== "POST") throw wrongMethod(["POST"]);
    const result =
      pathname === "/v1/login"
        ? await letIn(request)
        : await route(pathname, { request, response, query, needs }, () => admit(request, response));
    if (result) sendJson(response, result);
  };

  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    strangers.note(request.socket, originOf(request));
    try {
      checkOrigin(request, port, publicUrl());
      if (urlOf(request).pathname !== "/v1/socket")
        throw new HttpError(404, "not-found", "There is no web socket here.");
      sockets.accept(request, socket, head);
    } catch (error) {
      refuseUpgrade(socket, explain(error, log));
    }
  };

  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS },
    (request, response) => {
      answer(request, response).catch((error) => {
        // Whoever has gone needs no answer, and is no fault of ours.
        if (error !== request.errored) answerError(response, explain(error, log));
      });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.on("upgrade", upgrade);
  server.on("connection", (connection) => {
    strangers.add(connection);
    connection.once("close", () => strangers.remove(connection));
  });
  port = await listen(server, options.port);
  return {
    port,
    async stop() {
      cancelSweep?.();
      // Nothing is looked after any more.
      cancelSweep = () => {};
      sockets.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number | undefined): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port ?? 0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

function sendPage(request: IncomingMessage, response: ServerResponse, { bytes, headers }: Page): void {
  if (request.method !== "GET") throw wrongMethod(["GET"]);
  const type = { "Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip" };
  // One by one: the page's own take the place of the general ones, however they are written.
  for (const [name, value] of Object.entries({ ...SAFE_HEADERS, ...type })) response.setHeader(name, value);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const policy = String(response.getHeader("Content-Security-Policy")).replace(
    "; frame-ancestors 'none'",
    "",
  );
  if (!policy.includes("frame-ancestors"))
    response.setHeader("Content-Security-Policy", `${policy}; ${FRAMES}`);
  const tag = response.getHeader("ETag");
  if (tag !== undefined && request.headers["if-none-match"] === tag)
    return void response.writeHead(304).end();
  response.setHeader("Content-Length", bytes.length);
  response.end(bytes);
}
