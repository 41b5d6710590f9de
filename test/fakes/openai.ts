import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { openStream, type ReplyItem, type ReplyStream, sendEvent } from "./openai-stream.ts";

/** A request for an answer, as the model's service got it. */
export interface ModelRequest {
  readonly headers: IncomingMessage["headers"];
  readonly body: {
    readonly model: string;
    readonly input: readonly unknown[];
    readonly [key: string]: unknown;
  };
  /** Every text in the conversation, of whatever role. The first ones are the agent's own. */
  readonly texts: readonly string[];
  /** What the agent sends as the outcome of a tool call; undefined when it has sent none. */
  toolResult(id: string): string | undefined;
}

/** An answer that the test sends piece by piece. */
export interface HeldReply {
  /** Resolves when the request has come that this answers. */
  readonly requested: Promise<ModelRequest>;
  text(delta: string): void;
  tool(tool: string, input: unknown, id?: string): void;
  end(): void;
}

export type FakeModel = Awaited<ReturnType<typeof startModel>>;

type Script = (request: ModelRequest, response: ServerResponse) => void;

/**
 * The model's service for tests: `POST /v1/responses` with the public streaming format
 * (https://platform.openai.com/docs/api-reference/responses-streaming). Each request takes the next scripted answer,
 * and waits until there is one. Whatever else is asked for does not exist.
 *
 * ```ts
 * const model = await startModel();
 * model.reply({ tool: "exec_command", input: { cmd: "ls" } });
 * model.reply({ text: ["Two ", "files."] });
 * // run Codex with a provider whose base_url is `${model.url}/v1`
 * await model.close();
 * ```
 */
export async function startModel() {
  const requests: ModelRequest[] = [];
  const scripts: Script[] = [];
  const unanswered: [ModelRequest, ServerResponse][] = [];
  const watchers = new Set<() => void>();

  const pair = (): void => {
    while (scripts.length > 0 && unanswered.length > 0) {
      const [request, response] = unanswered.shift() as [ModelRequest, ServerResponse];
      scripts.shift()?.(request, response);
    }
  };
  const script = (next: Script): void => {
    scripts.push(next);
    pair();
  };

  const server = createServer((incoming, response) => {
    void readBody(incoming).then((text) => {
      const path = incoming.url?.split("?")[0];
      if (incoming.method !== "POST" || path !== "/v1/responses") {
        return json(response, 404, errorBody("not_found", "no such path"));
      }
      const request = asRequest(incoming, text);
      requests.push(request);
      unanswered.push([request, response]);
      for (const watcher of watchers) watcher();
      pair();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The requests for an answer so far. */
    requests: requests as readonly ModelRequest[],

    /** Answers the next request with these items. */
    reply(...items: readonly ReplyItem[]): void {
      script((_request, response) => {
        const stream = openStream(response, requests.length);
        for (const item of items) stream.item(item);
        stream.end();
      });
    },

    /** Answers the next request with an HTTP error. */
    error(status: number, code: string, message: string): void {
      script((_request, response) => json(response, status, errorBody(code, message)));
    },

    /** Answers the next request with a stream that reports an error (`response.failed`). */
    failed(code: string, message: string): void {
      script((_request, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        const failed = { id: "resp_failed", object: "response", status: "failed", error: { code, message } };
        sendEvent(response, { type: "response.failed", response: failed });
        response.end();
      });
    },

    /** Answers the next request with what the test sends from now on. */
    hold(): HeldReply {
      let stream: ReplyStream | undefined;
      let onRequest = (_request: ModelRequest): void => {};
      const requested = new Promise<ModelRequest>((resolve) => {
        onRequest = resolve;
      });
      script((request, response) => {
        stream = openStream(response, requests.length);
        onRequest(request);
      });
      // In order, also when the test is ahead of the request.
      const later = (act: (open: ReplyStream) => void): void => {
        if (stream) act(stream);
        else void requested.then(() => stream && act(stream));
      };
      return {
        requested,
        text: (delta) => later((open) => open.text(delta)),
        tool: (tool, input, id) => later((open) => open.item({ tool, input, ...(id && { id }) })),
        end: () => later((open) => open.end()),
      };
    },

    /** Resolves with the request of this number, counted from 1. */
    async untilRequest(count: number): Promise<ModelRequest> {
      for (;;) {
        const request = requests[count - 1];
        if (request) return request;
        await new Promise<void>((resolve) => {
          const watcher = (): void => {
            watchers.delete(watcher);
            resolve();
          };
          watchers.add(watcher);
        });
      }
    },

    /** Nobody listens at the address any more. */
    async close(): Promise<void> {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function errorBody(code: string, message: string): object {
  return { error: { type: code, code, message } };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

interface InputItem {
  readonly type?: unknown;
  readonly content?: unknown;
  readonly call_id?: unknown;
  readonly output?: unknown;
}

function asRequest(incoming: IncomingMessage, text: string): ModelRequest {
  const body = JSON.parse(text) as ModelRequest["body"];
  const items = body.input as readonly InputItem[];
  return {
    headers: incoming.headers,
    body,
    texts: items.flatMap(({ content }) => textsOf(content)),
    toolResult(id) {
      const result = items.find(
        ({ call_id, type }) => call_id === id && String(type).endsWith("call_output"),
      );
      return result && textsOf(result.output).join("\n");
    },
  };
}

/** A text alone, or a list of parts of which some are texts. */
function textsOf(content: unknown): readonly string[] {
  if (typeof content === "string") return [content];
  if (!Array.isArray(content)) return [];
  return content.flatMap((part: { text?: unknown }) => (typeof part.text === "string" ? [part.text] : []));
}
