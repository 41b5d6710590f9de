import type { ServerResponse } from "node:http";

/** A part of a scripted answer. Several texts are sent as several deltas. `patch` is a call of `apply_patch`. */
export type ReplyItem =
  | { readonly text: string | readonly string[] }
  | { readonly tool: string; readonly input: unknown; readonly id?: string; readonly namespace?: string }
  | { readonly patch: string; readonly id?: string };

/** What every answer says that it has used. */
export const TOKENS = { input: 10, cached: 4, output: 5 };

/** An answer that is being sent, as the public streaming format has it. */
export interface ReplyStream {
  /** A delta; opens a message when none is open. */
  text(delta: string): void;
  /** A whole item. */
  item(item: ReplyItem): void;
  end(): void;
}

export function openStream(response: ServerResponse, number: number): ReplyStream {
  let index = -1;
  let message: { id: string; text: string } | undefined;
  const send = (event: { type: string; [key: string]: unknown }): void => sendEvent(response, event);
  const closeText = (): void => {
    if (!message) return;
    const item = messageItem(message.id, message.text);
    message = undefined;
    send({ type: "response.output_item.done", output_index: index, item });
  };
  const text = (delta: string): void => {
    if (!message) {
      index += 1;
      message = { id: `msg_${number}_${index}`, text: "" };
      send({ type: "response.output_item.added", output_index: index, item: messageItem(message.id) });
    }
    message.text += delta;
    const place = { item_id: message.id, output_index: index, content_index: 0 };
    send({ type: "response.output_text.delta", ...place, delta });
  };

  response.writeHead(200, { "content-type": "text/event-stream" });
  send({ type: "response.created", response: { id: `resp_${number}`, object: "response" } });
  return {
    text,
    item(item) {
      closeText();
      if ("text" in item) {
        for (const piece of [item.text].flat()) text(piece);
        closeText();
        return;
      }
      index += 1;
      const callId = item.id ?? `call_${number}_${index}`;
      const call = "patch" in item ? patchCall(item.patch, callId) : toolCall(item, callId);
      send({ type: "response.output_item.added", output_index: index, item: call });
      send({ type: "response.output_item.done", output_index: index, item: call });
    },
    end() {
      closeText();
      const usage = {
        ...{ input_tokens: TOKENS.input, input_tokens_details: { cached_tokens: TOKENS.cached } },
        ...{ output_tokens: TOKENS.output, output_tokens_details: { reasoning_tokens: 0 } },
        total_tokens: TOKENS.input + TOKENS.output,
      };
      send({
        type: "response.completed",
        response: { id: `resp_${number}`, object: "response", status: "completed", output: [], usage },
      });
      response.end();
    },
  };
}

function messageItem(id: string, text?: string): object {
  const content = text === undefined ? [] : [{ type: "output_text", text, annotations: [] }];
  return { type: "message", id, role: "assistant", content };
}

function toolCall(item: { tool: string; input: unknown; namespace?: string }, callId: string): object {
  const call = { type: "function_call", id: `fc_${callId}`, call_id: callId, name: item.tool };
  const { input, namespace } = item;
  return { ...call, ...(namespace && { namespace }), arguments: JSON.stringify(input) };
}

function patchCall(input: string, callId: string): object {
  return { type: "custom_tool_call", id: `ctc_${callId}`, call_id: callId, name: "apply_patch", input };
}

export function sendEvent(response: ServerResponse, event: { type: string; [key: string]: unknown }): void {
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}
