import { setTimeout as sleep } from "node:timers/promises";
import { type Body, parseBody } from "./body.ts";
import { type Call, type Fault, Faults } from "./faults.ts";
import type { Incoming, Reply } from "./http.ts";
import type { Handler } from "./messages.ts";
import { methodNamed, type Params, typedParams } from "./parameters.ts";
import { badRequest, Refusal } from "./wire.ts";
import type { World } from "./world.ts";

type Recorded = { -readonly [K in keyof Call]: Call[K] };

const LIMITED = new Set([
  "sendMessage",
  "sendDocument",
  "sendPhoto",
  "sendMediaGroup",
  "editMessageText",
  "editMessageCaption",
  "editMessageMedia",
  "editMessageReplyMarkup",
]);
const BROKEN: Reply = { status: 0, type: "text/html", body: "", arrives: "nothing" };
const NOT_FOUND = new Refusal(404, "Not Found");

/** Takes a request through token, parameters, faults and limits to its method, and keeps the record of it. */
export class Dispatch {
  readonly faults = new Faults();
  readonly #world: World;
  readonly #methods: Readonly<Record<string, Handler>>;
  readonly #calls: Recorded[] = [];

  constructor(world: World, methods: Readonly<Record<string, Handler>>) {
    this.#world = world;
    this.#methods = methods;
  }

  /** Copies, so that no later event changes what a test has read. */
  get calls(): Call[] {
    return this.#calls.map((call) => ({ ...call }));
  }

  readonly answer = async (incoming: Incoming): Promise<Reply> => {
    const [, download, token, name = ""] = /^\/(file\/)?bot([^/]+)\/(.+)$/.exec(incoming.path) ?? [];
    const method = download === undefined ? (methodNamed(name) ?? name) : "file";
    const call: Recorded = { method, params: {}, at: performance.now() };
    this.#calls.push(call);
    const reply = await this.#carryOut(call, incoming, token, name).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : this.#ownFault(error);
      call.error = refusal.message;
      return failure(refusal);
    });
    if (reply.arrives !== "nothing" && !incoming.gone.aborted) call.status = reply.status;
    this.#world.changed();
    return reply;
  };

  async #carryOut(
    call: Recorded,
    incoming: Incoming,
    token: string | undefined,
    name: string,
  ): Promise<Reply> {
    if (token === undefined) throw NOT_FOUND;
    if (incoming.body === undefined) return html(413, "Request Entity Too Large");
    const body = call.method === "file" ? { fields: { path: name }, files: new Map() } : read(incoming);
    call.params = structuredClone(body.fields);
    if (token !== this.#world.token || this.#world.tokenRevoked) throw new Refusal(401, "Unauthorized");
    if (call.method !== "file") {
      if (methodNamed(call.method) === undefined) throw NOT_FOUND;
      const typed = typedParams(call.method, body.fields, this.#world.violation);
      call.params = structuredClone(typed);
    }
    this.#world.changed();
    const fault = this.faults.take(call);
    const instead = fault && (await this.#suffer(fault, call.params, incoming.gone));
    if (instead !== undefined) return instead;
    const reply = await this.#perform(call, body.files, incoming.gone).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      call.error = error.message;
      return failure(error);
    });
    if (fault?.kind === "drop-after") return { ...reply, arrives: "nothing" };
    if (fault?.kind === "cut-body") return { ...reply, arrives: "half" };
    return reply;
  }

  /** The reply that a fault gives in place of the method's; undefined when the method still runs. */
  async #suffer(fault: Fault, params: Params, gone: AbortSignal): Promise<Reply | undefined> {
    if (fault.kind === "drop") return BROKEN;
    if (fault.kind === "hang") {
      const ended = new Promise((resolve) => gone.addEventListener("abort", resolve));
      await (fault.ms === undefined ? ended : Promise.race([ended, pause(fault.ms)]));
      return BROKEN;
    }
    if (fault.kind === "500") throw new Refusal(500, "Internal Server Error: restart");
    if (fault.kind === "502-html") return html(502, "Bad Gateway");
    if (fault.kind === "429") throw this.#world.limits.refuse(Number(params.chat_id), fault.retryAfter);
    if (fault.kind === "error") throw new Refusal(fault.code, fault.description, fault.parameters);
    if (fault.kind === "delay") await pause(fault.ms);
    return undefined;
  }

  async #perform(call: Call, files: Body["files"], gone: AbortSignal): Promise<Reply> {
    const { method, params } = call;
    if (method === "file") return this.#download(String(params.path));
    const room = LIMITED.has(method) ? this.#world.rooms.get(Number(params.chat_id)) : undefined;
    if (room !== undefined) {
      const messages = Array.isArray(params.media) ? params.media.length : 1;
      const held = this.#world.limits.enter(room.chat, messages);
      if (held > 0) await pause(held);
    }
    const result = await this.#methods[method]?.({ params, files, gone });
    return json(200, { ok: true, result });
  }

  #download(path: string): Reply {
    const file = this.#world.files.get(path.replace(/^files\//, ""));
    if (file === undefined) throw NOT_FOUND;
    return { status: 200, type: "application/octet-stream", body: file.bytes };
  }

  #ownFault(error: unknown): Refusal {
    this.#world.violation(`the fake itself failed: ${error instanceof Error ? error.stack : error}`);
    return new Refusal(500, "Internal Server Error");
  }
}

function read({ query, contentType, body }: Incoming): Body {
  try {
    const { fields, files } = parseBody(contentType, body ?? Buffer.alloc(0));
    return { fields: { ...Object.fromEntries(query), ...fields }, files };
  } catch (error) {
    throw badRequest(`can't parse the request: ${error}`);
  }
}

function failure({ code, message, parameters }: Refusal): Reply {
  return json(code, { ok: false, error_code: code, description: message, parameters });
}

function json(status: number, value: unknown): Reply {
  return { status, type: "application/json", body: JSON.stringify(value) };
}

function html(status: number, what: string): Reply {
  return {
    status,
    type: "text/html",
    body: `<html>\r\n<head><title>${status} ${what}</title></head>\r\n</html>\r\n`,
  };
}

async function pause(ms: number): Promise<void> {
  await sleep(ms, undefined, { ref: false });
}
