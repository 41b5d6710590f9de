import { request } from "node:http";

export interface ControlRequest {
  /** Of the bridge's socket. */
  readonly socket: string;
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  /** Who asks. */
  readonly token: string;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

export interface ControlAnswer {
  readonly status: number;
  /** Undefined when it is no JSON. */
  readonly body: unknown;
}

/** Asks the bridge. Waits for as long as the answer takes. @throws the system's error when there is no bridge, or it ends. */
export function askBridge({
  socket,
  method,
  path,
  token,
  body,
  signal,
}: ControlRequest): Promise<ControlAnswer> {
  const sent = Buffer.from(body === undefined ? "" : JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        ...{ socketPath: socket, method, path, agent: false, ...(signal ? { signal } : {}) },
        headers: {
          Authorization: `Bearer ${token}`,
          "Content-Type": "application/json",
          "Content-Length": sent.length,
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()) }),
        );
      },
    );
    asking.on("error", reject);
    asking.end(sent);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
