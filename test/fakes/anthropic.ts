import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A part of a scripted answer. Several texts are sent as several deltas. */
export type ReplyBlock =
  | { readonly text: string | readonly string[] }
  | { readonly tool: string; readonly input: unknown; readonly id?: string };

/** A request for an answer, as the model's service got it. */
export interface ModelRequest {
  readonly headers: IncomingMessage["headers"];
  readonly body: {
    readonly model: string;
    readonly messages: readonly unknown[];
    readonly [key: string]: unknown;
  };
  /** Every text in the conversation, of whatever role. The prompt is not always the last: reminders follow it. */
  readonly texts: readonly string[];
  /** The result that the agent sends for a tool call, as text; undefined when it has sent none. */
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
 * The model's service for tests: `POST /v1/messages` with the public streaming format
 * (https://docs.claude.com/en/api/messages-streaming). Each streamed request takes the next scripted answer, and waits
 * until there is one. What Claude Code asks besides (HEAD, token counts, requests that are not streamed) is answered
 * politely and not counted.
 *
 * ```ts
 * const model = await startModel();
 * model.reply({ tool: "Bash", input: { command: "ls" } });
 * model.reply({ text: ["Two ", "files."] });
 * // run Claude Code with ANTHROPIC_BASE_URL = model.url
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
      // Whoever asked was ended meanwhile.
      if (response.destroyed) continue;
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
      if (incoming.method !== "POST") return response.writeHead(200).end();
      if (path === "/v1/messages/count_tokens") return json(response, 200, { input_tokens: 10 });
      if (path !== "/v1/messages") return json(response, 404, errorBody("not_found_error", "no such path"));
      const request = asRequest(incoming, text);
      if (request.body.stream !== true) return json(response, 200, wholeMessage(request));
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
    /** The streamed requests so far. */
    requests: requests as readonly ModelRequest[],

    /** Answers the next request with these blocks. */
    reply(...blocks: readonly ReplyBlock[]): void {
      script((request, response) => {
        const stream = openStream(request, response, requests.length);
        for (const block of blocks) stream.block(block);
        stream.end();
      });
    },

    /** Answers the next request with an error. Claude Code tries again unless CLAUDE_CODE_MAX_RETRIES is 0. */
    error(status: number, type: string, message: string): void {
      script((_request, response) => json(response, status, errorBody(type, message)));
    },

    /** Answers the next request with what the test sends from now on. */
    hold(): HeldReply {
      let stream: ReplyStream | undefined;
      let onRequest = (_request: ModelRequest): void => {};
      const requested = new Promise<ModelRequest>((resolve) => {
        onRequest = resolve;
      });
      script((request, response) => {
        stream = openStream(request, response, requests.length);
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
        tool: (tool, input, id) => later((open) => open.block({ tool, input, ...(id && { id }) })),
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

    async close(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface ReplyStream {
  /** A delta; opens a text block when none is open. */
  text(delta: string): void;
  /** A whole block. */
  block(block: ReplyBlock): void;
  end(): void;
}

function openStream(request: ModelRequest, response: ServerResponse, number: number): ReplyStream {
  let index = -1;
  let isTextOpen = false;
  let stopReason = "end_turn";
  const send = (event: { type: string; [key: string]: unknown }): void => {
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  };
  const start = (block: object): void => {
    index += 1;
    send({ type: "content_block_start", index, content_block: block });
  };
  const delta = (change: object): void => send({ type: "content_block_delta", index, delta: change });
  const stop = (): void => send({ type: "content_block_stop", index });
  const closeText = (): void => {
    if (isTextOpen) stop();
    isTextOpen = false;
  };
  const text = (piece: string): void => {
    if (!isTextOpen) start({ type: "text", text: "" });
    isTextOpen = true;
    delta({ type: "text_delta", text: piece });
  };

  response.writeHead(200, { "content-type": "text/event-stream" });
  send({ type: "message_start", message: emptyMessage(request, `msg_${number}`) });
  return {
    text,
    block(block) {
      closeText();
      if ("text" in block) {
        for (const piece of [block.text].flat()) text(piece);
        closeText();
        return;
      }
      stopReason = "tool_use";
      const id = block.id ?? `toolu_${number}_${index + 1}`;
      start({ type: "tool_use", id, name: block.tool, input: {} });
      delta({ type: "input_json_delta", partial_json: JSON.stringify(block.input) });
      stop();
    },
    end() {
      closeText();
      const ending = { stop_reason: stopReason, stop_sequence: null };
      send({ type: "message_delta", delta: ending, usage: { output_tokens: 5 } });
      send({ type: "message_stop" });
      response.end();
    },
  };
}

function emptyMessage(request: ModelRequest, id: string): object {
  return {
    ...{ id, type: "message", role: "assistant", model: request.body.model, content: [] },
    ...{ stop_reason: null, stop_sequence: null, usage: { input_tokens: 10, output_tokens: 1 } },
  };
}

function wholeMessage(request: ModelRequest): object {
  const content = [{ type: "text", text: "ok" }];
  return { ...emptyMessage(request, "msg_side"), content, stop_reason: "end_turn" };
}

function errorBody(type: string, message: string): object {
  return { type: "error", error: { type, message } };
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function asRequest(incoming: IncomingMessage, text: string): ModelRequest {
  const body = JSON.parse(text) as ModelRequest["body"];
  const parts = body.messages.flatMap((message) => contentOf(message));
  return {
    headers: incoming.headers,
    body,
    texts: parts.flatMap((part) =>
      part.type === "text" && typeof part.text === "string" ? [part.text] : [],
    ),
    toolResult(id) {
      const result = parts.find((part) => part.type === "tool_result" && part.tool_use_id === id);
      if (!result) return undefined;
      return contentOf(result)
        .map((part) => part.text)
        .join("\n");
    },
  };
}

interface ContentPart {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly tool_use_id?: unknown;
  readonly content?: unknown;
}

/** The content of a message or of a tool's result: a text stands for one text part. */
function contentOf(holder: unknown): readonly ContentPart[] {
  const { content } = holder as ContentPart;
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content : [];
}
