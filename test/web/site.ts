import { once } from "node:events";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { WebSocket as Client, type ClientOptions } from "ws";
import type { Settled } from "../../src/chat/presses/settle.ts";
import type { Clock } from "../../src/clock.ts";
import { systemClock } from "../../src/clock.ts";
import { type Log, silentLog } from "../../src/log.ts";
import { BackendError } from "../../src/terminal/pty.ts";
import { makeLink } from "../../src/web/links.ts";
import type { OpenRequest, WebNeeds } from "../../src/web/needs.ts";
import type { WebRole } from "../../src/web/roles.ts";
import { startServer } from "../../src/web/server.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { StandInSession } from "./stand-in.ts";
import { until } from "./until.ts";

export const BOT_TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const KEY = Buffer.alloc(32, 7);
const PAGE = {
  bytes: gzipSync("<p>page"),
  headers: { "content-security-policy": "default-src 'self'", ETag: '"1"' },
};

export const CASE = {
  id: "j1",
  title: "go on",
  by: "Ada",
  since: 4,
  why: "It was cut off.",
  how: ["resume"],
};
export const PAST = {
  id: "j0",
  title: "begin",
  by: "Ada",
  outcome: "done",
  startedAt: 1,
  endedAt: 3,
} as const;

/** A server with stand-in sessions, and who may do what. */
export interface Site {
  readonly port: number;
  readonly folder: string;
  readonly first: StandInSession;
  readonly sessions: Map<string, StandInSession>;
  readonly opened: OpenRequest[];
  readonly needs: WebNeeds;
  /** What the users are, by id; those of the machine are under 0. */
  readonly roles: Map<number, WebRole>;
  publicUrl: URL | undefined;
  stopped: "stopped" | "nothing-runs" | "not-yours";
  settled: Settled["outcome"];
  /** What was to be continued, and how. */
  readonly continued: string[];
  /** Where the sessions' programs are, below the folder. */
  inFolder: string;
  /** They are on another machine, which gets files by this. */
  put: ((path: string, name: string) => Promise<{ folder: string; name: string }>) | undefined;
  changed(): void;
  listeners(): number;
  link(): string;
  stop(): Promise<void>;
  /** A token of whoever sits at the machine. */
  token(): Promise<string>;
  call(method: string, path: string, more?: CallOptions): Promise<Answer>;
  open(t: TestContext, options?: ClientOptions): Promise<Screen>;
  /** A socket that is attached to `term-1`, with a token of its own. */
  attach(t: TestContext, more?: object): Promise<Screen>;
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, unknown>;
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string } | undefined;
}

export async function site(t: TestContext, clock: Clock = systemClock, log: Log = silentLog): Promise<Site> {
  const folder = await temporaryFolder(t);
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const first = new StandInSession("term-1", changed);
  const sessions = new Map([[first.id, first]]);
  const opened: OpenRequest[] = [];
  const roles = new Map<number, WebRole>([[0, "owner"]]);
  const needs: WebNeeds = {
    sessions: {
      list: () => [...sessions.values()],
      get: (key) => sessions.get(key) ?? [...sessions.values()].find(({ name }) => name === key),
      async open(request) {
        opened.push(request);
        if (request.where === "ssh:gone") throw new BackendError("gone does not answer.", "Is it on?");
        const session = new StandInSession(`term-${sessions.size + 1}`, changed);
        sessions.set(session.id, session);
        return session;
      },
      async reconnect(id) {
        const session = sessions.get(id);
        if (!session) return "unknown";
        if (!session.exit) return "running";
        if (session.exit.reason === "gone") throw new BackendError("gone does not answer.", "Is it on?");
        const next = new StandInSession(`term-${sessions.size + 1}`, changed);
        sessions.set(next.id, next);
        return next;
      },
      async close(id) {
        if (sessions.get(id)?.exit) sessions.delete(id);
        await sessions.get(id)?.close();
      },
      // What is driven is a real session: see drive.test.ts of the command line.
      drive: async () => undefined,
      rename(id, name) {
        const isTaken = [...sessions.values()].some((each) => each.name === name && each.id !== id);
        if (isTaken) throw new BackendError(`The name ${name} is taken.`);
        const session = sessions.get(id);
        if (session) session.name = name;
      },
      folderOf: async () => (made.put ? { put: made.put } : { here: join(folder, made.inFolder) }),
      hosts: async () => ["host", "ssh:web"],
      onChange(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    bridge: () => ({ version: "1.0.0", folder, pid: 1, startedAt: 7 }),
    jobs: () => [
      { id: "j1", number: 1, title: "mend it", by: "Ada", state: "running", since: 5, doing: "reading" },
    ],
    cancelJob: async (key) => (key === "1" || key === "j1" ? "stopping" : "no-job"),
    status: () => ({
      job: { title: "mend it", since: 5, doing: "reading" },
      queue: [{ title: "next", by: "Ada" }],
      cases: [CASE],
      recent: [PAST],
    }),
    stopJob: async () => made.stopped,
    async continueJob(id, how) {
      made.continued.push(`${id} ${how}`);
      return { outcome: made.settled, notice: "That is what came of it." };
    },
    roles: ({ userId }) => roles.get(userId ?? 0),
    fileRules: () => ({ folder, deny: ["*.csv"], secrets: ["secret-value"] }),
  };
  const server = await startServer({
    ...{ port: undefined, botToken: BOT_TOKEN, linkKey: KEY, page: () => PAGE, needs, clock, log },
    publicUrl: () => made.publicUrl,
  });
  t.after(() => server.stop());
  const { port } = server;
  const link = (): string => makeLink(KEY, clock.now());

  const call = async (
    method: string,
    path: string,
    { token, body, headers }: CallOptions = {},
  ): Promise<Answer> => {
    const raw = typeof body === "string" || Buffer.isBuffer(body) || body === undefined;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { ...(token !== undefined && { Authorization: `Bearer ${token}` }), ...headers },
      body: raw ? ((body as string | undefined) ?? null) : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type") === "application/json";
    const json = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
    const error = json.error as Answer["error"];
    return { status: response.status, headers: response.headers, text, json, error };
  };
  const token = async (): Promise<string> =>
    String((await call("POST", "/v1/login", { body: { link: link() } })).json.token);
  const open = async (test: TestContext, options: ClientOptions = {}): Promise<Screen> => {
    const client = new Client(`ws://127.0.0.1:${port}/v1/socket`, "nanogent.1", options);
    test.after(() => client.terminate());
    const screen = new Screen(client);
    await once(client, "open");
    return screen;
  };
  const made: Site = {
    ...{
      port,
      folder,
      first,
      sessions,
      opened,
      needs,
      roles,
      publicUrl: undefined,
      stopped: "stopped" as const,
      settled: "settled" as const,
      continued: [],
      inFolder: "",
      put: undefined,
    },
    ...{ changed, listeners: () => listeners.size, link, stop: server.stop, token, call, open },
    async attach(test, more = {}) {
      const screen = await open(test);
      screen.say({ type: "attach", token: await token(), session: "term-1", columns: 80, rows: 24, ...more });
      await until("the attachment", () => screen.messages.length > 0);
      return screen;
    },
  };
  return made;
}

/** A client that shows what it is sent as the page does. */
export class Screen {
  readonly client: Client;
  readonly messages: Record<string, unknown>[] = [];
  /** What is on it since the last snapshot. */
  shown = "";
  position = 0;
  /** Bytes of output, all in all. */
  received = 0;
  closedWith: number | undefined;
  #expectsSnapshot = false;

  constructor(client: Client) {
    this.client = client;
    client.on("message", (data: Buffer, isBinary) =>
      isBinary ? this.#show(data) : this.#hear(data.toString()),
    );
    client.on("close", (code) => {
      this.closedWith = code;
    });
    client.on("error", () => {});
  }

  say(message: object): void {
    this.client.send(JSON.stringify(message));
  }

  type(text: string): void {
    this.client.send(Buffer.from(text));
  }

  last(type: string): Record<string, unknown> | undefined {
    return this.messages.findLast((message) => message.type === type);
  }

  #hear(text: string): void {
    const message = JSON.parse(text) as Record<string, unknown>;
    this.messages.push(message);
    if (message.type === "snapshot") {
      this.position = Number(message.position);
      this.#expectsSnapshot = true;
    }
  }

  #show(data: Buffer): void {
    this.received += data.length;
    if (this.#expectsSnapshot) this.shown = "";
    else this.position += data.length;
    this.#expectsSnapshot = false;
    this.shown += data.toString("latin1");
  }
}
