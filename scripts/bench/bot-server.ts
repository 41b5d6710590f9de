import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { monotonic } from "./measure.ts";

export interface ArrivedCall {
  readonly method: string;
  readonly body: string;
  /** When the request came in, on `monotonic`. */
  readonly at: number;
}

/** As much of the Bot API as a bridge needs to live, on loopback, answering at once. */
export interface BotServer {
  readonly root: string;
  /** Resolves with the first call from now on that fits. */
  nextCall(fits: (call: ArrivedCall) => boolean): Promise<ArrivedCall>;
  /** Calls back with every call. */
  onCall(listener: (call: ArrivedCall) => void): void;
  /** Somebody writes to the bot in his private chat. @returns when the poll was answered with it, on the clock given. */
  say(userId: number, text: string, clock: () => number, topic?: number): Promise<number>;
  /** Somebody presses a button in his private chat. @returns when the poll was answered with it, on the clock given. */
  press(userId: number, data: string, clock: () => number): Promise<number>;
  /**
   * User 1 has written this while the bot was down: polls are answered with it until it is confirmed.
   * @returns the id of the last update.
   */
  keep(texts: readonly string[]): number;
  close(): void;
}

/** Updates that one poll gets at most. */
const MOST_AT_ONCE = 100;

export async function startBotServer(): Promise<BotServer> {
  const listeners = new Set<(call: ArrivedCall) => void>();
  const polls: ServerResponse[] = [];
  let wanted: ((poll: ServerResponse) => void) | undefined;
  let count = 0;
  let kept: readonly Update[] = [];

  const server = createServer(async (request, response) => {
    const at = monotonic();
    const method = request.url?.split("/").at(-1) ?? "";
    const body = await bodyOf(request);
    for (const listener of listeners) listener({ method, body, at });
    if (method !== "getUpdates") answer(response, resultOf(method, ++count));
    else if (kept.length > 0 && hasKept(body)) answer(response, kept.slice(0, MOST_AT_ONCE));
    else if (body.includes('"timeout":0,')) answer(response, []);
    else if (wanted) wanted(response);
    else polls.push(response);
  });
  /** Whether something is left when what this poll confirms is gone. */
  function hasKept(body: string): boolean {
    const { offset = 0 } = JSON.parse(body) as { offset?: number };
    kept = kept.filter(({ update_id }) => update_id >= offset);
    return kept.length > 0;
  }
  async function deliver(news: Update, clock: () => number): Promise<number> {
    const poll =
      polls.pop() ??
      (await new Promise<ServerResponse>((resolve) => {
        wanted = resolve;
      }));
    wanted = undefined;
    const time = clock();
    answer(poll, [news]);
    return time;
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    root: `http://127.0.0.1:${port}`,
    nextCall: (fits) =>
      new Promise((resolve) => {
        const listener = (call: ArrivedCall): void => {
          if (!fits(call)) return;
          listeners.delete(listener);
          resolve(call);
        };
        listeners.add(listener);
      }),
    onCall: (listener) => void listeners.add(listener),
    say: (userId, text, clock, topic) => deliver(update(++count, userId, text, topic), clock),
    press: (userId, data, clock) => deliver(press(++count, userId, data), clock),
    keep(texts) {
      kept = texts.map((text) => update(++count, 1, text));
      return count;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: ServerResponse, result: unknown): void {
  const body = JSON.stringify({ ok: true, result });
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

function resultOf(method: string, id: number): unknown {
  if (method === "getMe") return { id: 1, is_bot: true, first_name: "Bench", username: "bench_bot" };
  if (method === "sendMessage") return { message_id: id, date: 0, chat: { id: 1, type: "private" } };
  return true;
}

interface Update {
  readonly update_id: number;
  readonly message?: object;
  readonly callback_query?: object;
}

/** @param topic The topic of his chat that it is written in. */
function update(id: number, userId: number, text: string, topic?: number): Update {
  const { from, chat } = personOf(userId);
  const date = Math.floor(Date.now() / 1000);
  const place = topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true };
  return { update_id: id, message: { message_id: id, from, chat, date, text, ...place } };
}

function press(id: number, userId: number, data: string): Update {
  const { from, chat } = personOf(userId);
  const message = { message_id: id, chat, date: Math.floor(Date.now() / 1000) };
  return { update_id: id, callback_query: { id: String(id), from, message, chat_instance: "1", data } };
}

function personOf(userId: number) {
  const from = { id: userId, is_bot: false, first_name: "Ada" };
  return { from, chat: { id: userId, type: "private", first_name: "Ada" } };
}

/** What the first button with this text in a call sends. @throws when it has none. */
export function buttonData({ body }: ArrivedCall, text: string): string {
  const { reply_markup: markup } = JSON.parse(body) as {
    reply_markup?: { inline_keyboard: { text: string; callback_data: string }[][] };
  };
  const found = markup?.inline_keyboard.flat().find((button) => button.text.includes(text));
  if (!found) throw new Error(`there is no button ${text} in ${body.slice(0, 500)}`);
  return found.callback_data;
}
