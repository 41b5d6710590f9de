import { type IncomingMessage, type RequestOptions, request } from "node:http";

export interface ControlRequest {
  /** Of the bridge's socket. */
  readonly socket: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** Who asks, where that is asked for. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

export interface ControlAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined when it is no JSON. */
  readonly body: unknown;
}

/** Asks the bridge. Waits for as long as the answer takes. @throws the system's error when there is no bridge, or it ends. */
export async function askBridge(wanted: ControlRequest): Promise<ControlAnswer> {
  const response = await streamFromBridge(wanted);
  return { status: response.statusCode ?? 0, headers: response.headers, body: await readBody(response) };
}

/** As `askBridge`, but the answer's body is still to be read. */
export function streamFromBridge(wanted: ControlRequest): Promise<IncomingMessage> {
  const { socket, method, path, token, headers, body, signal } = wanted;
  const sent = Buffer.from(body === undefined ? "" : JSON.stringify(body));
  const options: RequestOptions = {
    ...{ socketPath: socket, method, path, agent: false, ...(signal ? { signal } : {}) },
    headers: {
      ...headers,
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      "Content-Type": "application/json",
      "Content-Length": sent.length,
    },
  };
  return new Promise((resolve, reject) => {
    const asking = request(options, resolve);
    asking.on("error", reject);
    asking.end(sent);
  });
}

/** The body as JSON; undefined when it is none. @throws the system's error when it is cut. */
export async function readBody(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}
