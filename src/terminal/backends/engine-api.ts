import { type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import { BackendError } from "../pty.ts";
import { engineAddress } from "./engine-address.ts";

/** The engine has refused a call. `message` is its own. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The Docker Engine API, as far as terminals need it. */
export interface Engine {
  /**
   * @param path With its query, made of ids that the engine has given.
   * @returns what the JSON of the answer holds; undefined when there is none.
   * @throws EngineError when it is refused, BackendError when the engine cannot be reached.
   */
  call(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<unknown>;
  /**
   * A call whose connection then carries the bytes of a terminal both ways, without any framing.
   * @throws as `call`.
   */
  hijack(path: string, body?: object): Promise<Duplex>;
}

const KEEP_ALIVE_MS = 15_000;
/** An answer that takes longer is not coming any more. */
const CALL_MS = 30_000;

/**
 * Reaches the engine that `env` tells of. Each call is a connection of its own.
 * @throws BackendError for an address that nanogent cannot speak to.
 * @see https://docs.docker.com/reference/api/engine/
 */
export function dockerEngine(env: NodeJS.ProcessEnv): Engine {
  const address = engineAddress(env);

  function send(method: string, path: string, body: object | undefined, headers: Record<string, string>) {
    const text = body === undefined ? "" : JSON.stringify(body);
    const call = request({
      ...address,
      method,
      path,
      agent: false,
      headers: {
        ...(text === "" ? {} : { "Content-Type": "application/json" }),
        "Content-Length": String(Buffer.byteLength(text)),
        ...headers,
      },
    });
    call.setTimeout(CALL_MS, () => call.destroy(new Error("no answer")));
    call.end(text);
    return call;
  }

  const unreachable = (error: Error): BackendError => notReached(error as NodeJS.ErrnoException);

  return {
    call: (method, path, body) =>
      new Promise((resolve, reject) => {
        const call = send(method, path, body, {});
        call.on("error", (error) => reject(unreachable(error)));
        call.on("response", (response) => answerOf(response).then(resolve, reject));
      }),
    hijack: (path, body) =>
      new Promise((resolve, reject) => {
        const call = send("POST", path, body, { Connection: "Upgrade", Upgrade: "tcp" });
        call.on("error", (error) => reject(unreachable(error)));
        call.on("response", (response) =>
          answerOf(response).then(() => reject(new EngineError(0, "no terminal was given")), reject),
        );
        call.on("upgrade", (_, socket, head) => {
          socket.setTimeout(0);
          socket.setNoDelay(true);
          // An engine whose machine is gone would be waited for without end.
          socket.setKeepAlive(true, KEEP_ALIVE_MS);
          if (head.length > 0) socket.unshift(head);
          resolve(socket);
        });
      }),
  };
}

async function answerOf(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  const status = response.statusCode ?? 0;
  const answer: unknown = text === "" ? undefined : jsonOf(text);
  if (status < 400) return answer;
  const { message } = (answer ?? {}) as { message?: unknown };
  throw new EngineError(status, typeof message === "string" ? message.trim() : `status ${status}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notReached({ code, message }: NodeJS.ErrnoException): BackendError {
  if (code === "EACCES" || code === "EPERM")
    return new BackendError(
      "Docker does not let this user in.",
      "Add the user to the group docker, log in anew, and start the bridge again.",
    );
  return new BackendError(
    `Docker does not answer (${code ?? message}).`,
    "Start it (sudo systemctl start docker, or Docker Desktop), or set DOCKER_HOST.",
  );
}
