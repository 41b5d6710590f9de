import { type Clock, systemClock } from "../clock.ts";
import { ApiError, NetworkError } from "./errors.ts";
import { createTransport, type HttpRequest, type HttpResponse, TransportError } from "./transport.ts";
import type { Method, Methods, Upload } from "./types.ts";

export interface CallOptions {
  /** Milliseconds until the call counts as failed; 30 s when not given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The Bot API of one bot. */
export interface BotClient {
  /**
   * Calls a method (https://core.telegram.org/bots/api#making-requests).
   * @throws ApiError when the server refuses, NetworkError when no readable answer came.
   */
  call<M extends Method>(
    method: M,
    parameters: Methods[M]["in"],
    options?: CallOptions,
  ): Promise<Methods[M]["out"]>;
  /**
   * Downloads a file by the path that `getFile` gave (20 MB at most, by the server's limit).
   * @throws ApiError | NetworkError
   */
  download(filePath: string): Promise<Buffer>;
  /** Gives up all connections: calls under way fail. */
  close(): void;
}

const CALL_TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 300_000;
const DOWNLOAD_TIMEOUT_MS = 120_000;

export interface ClientOptions {
  /** Where the server is; its path goes before that of every call. */
  readonly root: URL;
  readonly token: string;
  readonly proxy?: URL | undefined;
  /** For the deadlines. */
  readonly clock?: Clock;
}

export function createClient(options: ClientOptions): BotClient {
  const transport = createTransport(options.root, options.clock ?? systemClock, options.proxy);
  const prefix = options.root.pathname.replace(/\/+$/, "");

  async function exchange(method: string, request: HttpRequest): Promise<HttpResponse> {
    try {
      return await transport.request(request);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      throw new NetworkError(method, error.message, error.mayHaveArrived);
    }
  }

  return {
    async call(method, parameters, { timeoutMs, signal } = {}) {
      const { body, contentType, upload } = encode(parameters);
      const response = await exchange(method, {
        method: "POST",
        path: `${prefix}/bot${options.token}/${method}`,
        headers: { "content-type": contentType, "content-length": Buffer.byteLength(body) },
        body,
        timeoutMs: timeoutMs ?? (upload ? UPLOAD_TIMEOUT_MS : CALL_TIMEOUT_MS),
        ...(signal ? { signal } : {}),
      });
      return answerOf(method, response) as Methods[typeof method]["out"];
    },

    async download(filePath) {
      const response = await exchange("file download", {
        method: "GET",
        path: `${prefix}/file/bot${options.token}/${filePath.split("/").map(encodeURIComponent).join("/")}`,
        timeoutMs: DOWNLOAD_TIMEOUT_MS,
      });
      if (response.status !== 200)
        throw new ApiError("file download", response.status, "the file cannot be fetched");
      return response.body;
    },

    close: () => transport.close(),
  };
}

function encode(parameters: object): { body: string | Buffer; contentType: string; upload: boolean } {
  const upload = Object.values(parameters).some((value) => isUpload(value));
  if (upload) return { ...multipart(parameters), upload };
  return { body: JSON.stringify(parameters), contentType: "application/json", upload };
}

function isUpload(value: unknown): value is Upload {
  return typeof value === "object" && value !== null && "bytes" in value;
}

/** `multipart/form-data` (RFC 7578). Everything that is not text or a file goes as JSON, as the Bot API wants it. */
function multipart(parameters: object): { body: Buffer; contentType: string } {
  // The global one: importing node:crypto would cost the start of the bridge 2 ms.
  const boundary = `nanogent-${crypto.randomUUID()}`;
  const pieces: (string | Uint8Array)[] = [];
  for (const [key, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    pieces.push(`--${boundary}\r\ncontent-disposition: form-data; name="${key}"`);
    if (isUpload(value)) {
      const name = value.name.replace(/[\0-\x1f\x7f"\\]/g, "_") || "file";
      pieces.push(
        `; filename="${name}"\r\ncontent-type: application/octet-stream\r\n\r\n`,
        value.bytes,
        "\r\n",
      );
    } else {
      pieces.push(`\r\n\r\n${typeof value === "string" ? value : JSON.stringify(value)}\r\n`);
    }
  }
  pieces.push(`--${boundary}--\r\n`);
  const body = Buffer.concat(pieces.map((piece) => (typeof piece === "string" ? Buffer.from(piece) : piece)));
  return { body, contentType: `multipart/form-data; boundary=${boundary}` };
}

interface Answer {
  readonly ok?: unknown;
  readonly result?: unknown;
  readonly error_code?: unknown;
  readonly description?: unknown;
  readonly parameters?: { retry_after?: number; migrate_to_chat_id?: number };
}

function answerOf(method: string, { status, body }: HttpResponse): unknown {
  const answer = parse(body);
  if (answer?.ok === true) return answer.result;
  if (answer?.ok === false && typeof answer.error_code === "number") {
    throw new ApiError(method, answer.error_code, String(answer.description ?? ""), answer.parameters);
  }
  // A gateway in between answers with a page of its own. Below 500 it is a clear no; else the call may have gone through.
  if (status >= 400 && status < 500) throw new ApiError(method, status, `HTTP status ${status}`);
  throw new NetworkError(method, `an answer that is not the Bot API's (HTTP status ${status})`, true);
}

function parse(body: Buffer): Answer | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}
