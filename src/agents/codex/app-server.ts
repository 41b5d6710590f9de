import type { Log } from "../../log.ts";
import { VERSION } from "../../version.ts";
import { asNumber, asObject, asText, type JsonObject } from "../json.ts";
import { splitLines } from "../lines.ts";
import { type AgentProcess, startProcess } from "../process/process.ts";

/** A line beyond this is dropped. The longest ones carry the output of a command. */
const MAX_LINE_BYTES = 64 << 20;
const LOGGED_CHARACTERS = 200;
const METHOD_NOT_FOUND = -32601;

/** What is sent often and never used here. The program leaves out what a client names. */
const UNWANTED = [
  "item/commandExecution/outputDelta",
  "item/fileChange/outputDelta",
  "item/reasoning/textDelta",
  "item/reasoning/summaryTextDelta",
  "item/reasoning/summaryPartAdded",
  "turn/diff/updated",
  "account/rateLimits/updated",
];

/** A request of the program, which waits for `respond` or `refuse`. */
export interface ServerRequest {
  readonly id: string | number;
  readonly method: string;
  readonly params: JsonObject;
}

export interface AppServerOptions {
  /** A path, or a name to be found in `env.PATH`. */
  readonly binary: string;
  /** Absolute. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the program's environment. */
  readonly secrets: readonly string[];
  readonly jobId: string;
  readonly log: Log;
  readonly onNotification?: (method: string, params: JsonObject) => void;
  readonly onRequest?: (request: ServerRequest) => void;
}

export interface AppServer {
  readonly process: AgentProcess;
  /** Rejects with an RpcError when the program refuses, and with another error when it ends before it answers. */
  call(method: string, params: JsonObject): Promise<JsonObject>;
  /** Calls `initialize` and says that it is done; needed before every other call. */
  initialize(): Promise<void>;
  respond(id: ServerRequest["id"], result: JsonObject): void;
  refuse(id: ServerRequest["id"], method: string): void;
}

/** A call whose answer has not come yet. */
interface Call {
  readonly method: string;
  readonly resolve: (result: JsonObject) => void;
  readonly reject: (error: Error) => void;
}

/** The program's own refusal of a call. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly method: string;
  /** As in JSON-RPC 2.0, section 5.1. */
  readonly code: number | undefined;

  constructor(method: string, code: number | undefined, message: string) {
    super(message);
    this.method = method;
    this.code = code;
  }
}

/**
 * Starts `codex app-server`, which speaks JSON-RPC over stdio, one object a line and without the `jsonrpc` field.
 * `codex app-server generate-ts --out DIR` prints the whole protocol. Never throws.
 */
export function startAppServer(options: AppServerOptions): AppServer {
  const { log } = options;
  const waiting = new Map<number, Call>();
  let calls = 0;

  const send = (message: JsonObject): void => child.write(`${JSON.stringify(message)}\n`);
  const refuse = (id: ServerRequest["id"], method: string): void =>
    send({ id, error: { code: METHOD_NOT_FOUND, message: `nanogent does not handle ${method}` } });
  const takeResponse = (message: JsonObject): void => {
    const id = asNumber(message.id) ?? -1;
    const call = waiting.get(id);
    if (!call) return;
    waiting.delete(id);
    const { code, message: words } = asObject(message.error);
    if (message.error === undefined) call.resolve(asObject(message.result));
    else call.reject(new RpcError(call.method, asNumber(code), asText(words) ?? "no reason given"));
  };
  const takeRequest = (request: ServerRequest): void => {
    try {
      if (options.onRequest) options.onRequest(request);
      else refuse(request.id, request.method);
    } catch (error) {
      // A request without an answer would stop the turn for ever.
      refuse(request.id, request.method);
      throw error;
    }
  };
  const take = (message: JsonObject): void => {
    const method = asText(message.method);
    const params = asObject(message.params);
    const { id } = message;
    if (method === undefined) takeResponse(message);
    else if (typeof id === "string" || typeof id === "number") takeRequest({ id, method, params });
    else options.onNotification?.(method, params);
  };
  const lines = splitLines(
    (line) => {
      let message: JsonObject;
      try {
        message = asObject(JSON.parse(line.toString("utf8")));
      } catch {
        const head = line.toString("utf8", 0, LOGGED_CHARACTERS * 4).slice(0, LOGGED_CHARACTERS);
        log.warn("agent wrote a line that is no JSON", { line: head });
        return;
      }
      try {
        take(message);
      } catch (error) {
        // Thrown into the stream's callback it would end the bridge.
        log.warn("agent line not handled", { method: asText(message.method), error });
      }
    },
    {
      maxBytes: MAX_LINE_BYTES,
      onDropped: (bytes) => log.warn("agent wrote a line that is too long", { bytes }),
    },
  );
  const child = startProcess({
    command: options.binary,
    args: ["app-server"],
    ...{ cwd: options.cwd, env: options.env, secrets: options.secrets, jobId: options.jobId },
    onStdout: lines.push,
  });
  void child.closed.then(() => {
    // A last line without a line end may be the one that is waited for.
    lines.end();
    for (const { reject } of waiting.values()) reject(new Error("the program has ended"));
    waiting.clear();
  });

  const call = (method: string, params: JsonObject): Promise<JsonObject> =>
    new Promise((resolve, reject) => {
      calls += 1;
      waiting.set(calls, { method, resolve, reject });
      send({ id: calls, method, params });
    });
  return {
    process: child,
    call,
    async initialize() {
      const clientInfo = { name: "nanogent", title: "nanogent", version: VERSION };
      const capabilities = {
        ...{ experimentalApi: false, requestAttestation: false },
        optOutNotificationMethods: UNWANTED,
      };
      await call("initialize", { clientInfo, capabilities });
      send({ method: "initialized" });
    },
    respond: (id, result) => send({ id, result }),
    refuse,
  };
}
