import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import type { TestContext } from "node:test";
import headless from "@xterm/headless";
import { WebSocket as Client } from "ws";
import { linesOf } from "../terminal/held.ts";
import { signed } from "../web/init-data.ts";
import { Screen } from "../web/site.ts";
import { until } from "../web/until.ts";
import { type Project, run } from "./project.ts";

export interface CallOptions {
  readonly token?: string;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly json: Record<string, unknown>;
  /** Of a refusal. */
  readonly code: string | undefined;
}

/** The page of a running bridge, as its clients use it. */
export interface BridgePage {
  readonly port: number;
  /** What `nanogent open` prints, without the address. */
  link(): Promise<string>;
  /** As Telegram signs who opens the page. */
  initData(userId: number, fields?: Readonly<Record<string, string>>): string;
  /** A token of a user of Telegram. */
  token(userId: number): Promise<string>;
  call(method: string, path: string, more?: CallOptions): Promise<Answer>;
  /** Opens a terminal with a command. @returns its id. */
  openTerminal(token: string, command: string, more?: object): Promise<string>;
  socket(headers?: Readonly<Record<string, string>>): Promise<Screen>;
  /** A socket that shows a terminal. */
  attach(token: string, session: string, more?: object): Promise<Screen>;
}

/** Resolves when the bridge of a project serves its page. */
export async function pageOf(t: TestContext, { folder, api }: Project): Promise<BridgePage> {
  const open = async (): Promise<URL | undefined> => {
    const asked = run(["open"], folder);
    return (await asked.exited).code === 0 ? new URL(asked.output().trim()) : undefined;
  };
  let found = await open();
  while (!found) found = await open();
  const port = Number(found.port);

  const call: BridgePage["call"] = async (method, path, { token, body, headers } = {}) => {
    const content = typeof body === "object" ? JSON.stringify(body) : (body ?? "");
    const asked = request({
      ...{ host: "127.0.0.1", port, method, path },
      headers: {
        "Content-Length": Buffer.byteLength(content),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...headers,
      },
    }).end(content);
    const [response] = await once(asked, "response");
    let text = "";
    for await (const chunk of response) text += chunk;
    const json = response.headers["content-type"] === "application/json" ? JSON.parse(text) : {};
    return { status: response.statusCode, headers: response.headers, json, code: json.error?.code };
  };
  const page: BridgePage = {
    port,
    call,
    link: async () => new URLSearchParams((await open())?.hash.slice(1)).get("link") ?? "",
    initData: (id, fields = {}) => {
      const user = JSON.stringify({ id, first_name: `User ${id}` });
      const auth_date = String(Math.floor(Date.now() / 1_000));
      return signed({ auth_date, user, ...fields }, api.token);
    },
    async token(userId) {
      const answer = await call("POST", "/v1/login", { body: { initData: page.initData(userId) } });
      assert.equal(answer.status, 200, JSON.stringify(answer.json));
      return String(answer.json.token);
    },
    async openTerminal(token, command, more = {}) {
      const answer = await call("POST", "/v1/sessions", { token, body: { command, ...more } });
      assert.equal(answer.status, 200, JSON.stringify(answer.json));
      return String(answer.json.id);
    },
    async socket(headers = {}) {
      const client = new Client(`ws://127.0.0.1:${port}/v1/socket`, "nanogent.1", { headers });
      t.after(() => client.terminate());
      const screen = new Screen(client);
      await once(client, "open");
      return screen;
    },
    async attach(token, session, more = {}) {
      const screen = await page.socket();
      screen.say({ type: "attach", token, session, columns: 80, rows: 24, ...more });
      await until("the attachment", () => screen.messages.length > 0);
      return screen;
    },
  };
  return page;
}

/** What a client shows, as xterm itself draws it. */
export async function drawn({ shown }: Screen, columns = 80, rows = 24): Promise<string[]> {
  const terminal = new headless.Terminal({ cols: columns, rows, scrollback: 5_000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(Buffer.from(shown, "latin1"), resolve));
  return linesOf(terminal);
}

/** Resolves when something of the output has come that fits. */
export const shows = (screen: Screen, what: string | RegExp): Promise<void> =>
  until(
    `${what}`,
    () => (typeof what === "string" ? screen.shown.includes(what) : what.test(screen.shown)),
    20_000,
  );
