import { type BotApi, type BotApiOptions, startBotApi } from "../bot-api.ts";

export interface Told {
  status: number;
  ok: boolean;
  result: never;
  description: string;
  parameters?: { retry_after?: number; migrate_to_chat_id?: number };
}

/** Calls a method with JSON, or with a form when that is given, and tells what came back. */
export async function call(api: BotApi, method: string, params: object | FormData = {}): Promise<Told> {
  const body = params instanceof FormData ? { body: params } : json(params);
  const response = await fetch(`${api.root}/bot${api.token}/${method}`, { method: "POST", ...body });
  return { status: response.status, ...((await response.json()) as Omit<Told, "status">) };
}

/** The description of the refusal, or "ok". */
export async function told(api: BotApi, method: string, params: object | FormData = {}): Promise<string> {
  const { ok, description } = await call(api, method, params);
  return ok ? "ok" : description;
}

/** Runs a story with a fake of its own. */
export async function withApi(story: (api: BotApi) => Promise<void>, options: BotApiOptions = {}) {
  const api = await startBotApi({ rateLimit: "off", ...options });
  try {
    await story(api);
  } finally {
    await api.close();
  }
}

export function form(fields: Record<string, string>, files: Record<string, [string, string]> = {}): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(fields)) made.set(name, value);
  for (const [name, [fileName, content]] of Object.entries(files)) {
    made.set(name, new Blob([content], { type: "text/plain" }), fileName);
  }
  return made;
}

function json(params: object) {
  return { body: JSON.stringify(params), headers: { "content-type": "application/json" } };
}
