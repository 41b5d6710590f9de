import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import type { Case, Past } from "../../src/web/page/protocol.ts";
import { page } from "../../src/web/page.ts";
import { appended, openFakePty } from "./web-terminal-pty.ts";

type Role = "owner" | "writer" | "reader";

/** Stands for the server behind the terminal page: its protocol, with real programs in real terminals. */
export interface WebTerminal {
  readonly url: string;
  /** Opens a terminal with a shell, or a command. @returns its id */
  open(command?: string): string;
  /** All that the program has written so far. */
  output(session: string): string;
  /** All that was typed into it. */
  input(session: string): string;
  size(session: string): string;
  /** Types as somebody else. */
  type(session: string, text: string): void;
  /** Drops every connection, as a network does. The next `refusals` attempts are refused too. */
  cut(refusals?: number): void;
  /** Cuts as soon as the session has written this many bytes, in the middle of a frame. */
  cutAt(session: string, position: number): void;
  /** Attaches nobody until what it returns is called. */
  hold(): () => void;
  /** Tokens that were given are not known any more. */
  forgetTokens(): void;
  /** `METHOD /path` of every request, and the first frame of every connection. */
  readonly requests: string[];
  readonly hellos: Record<string, unknown>[];
  readonly uploads: Map<string, string>;
  job: { title: string; since: number; doing: string } | null;
  cases: readonly Case[];
  recent: readonly Past[];
  /** What was decided about cases, as `ID HOW`. */
  readonly decided: string[];
  /** What the page had opened, as `WHERE COMMAND` or `reconnect ID`. */
  readonly opened: string[];
  /** The connection to its program is lost. */
  lose(session: string): Promise<void>;
  close(): Promise<void>;
}

interface Session {
  readonly id: string;
  readonly label: string;
  readonly pty: ReturnType<typeof openFakePty>;
  output: Buffer;
  input: string;
  cutAt: number;
  title: string;
  lost: boolean;
  readonly viewers: Map<WebSocket, Role>;
}

const REMEMBERED = 256 * 1024;
// All of the output makes the screen; of much output its end does as well.
const SNAPSHOT = 1024 * 1024;

/** @param folder where the programs run */
export async function startWebTerminal(folder: string): Promise<WebTerminal> {
  const sessions = new Map<string, Session>();
  const tokens = new Map<string, Role>();
  const lists = new Set<WebSocket>();
  let refusals = 0;
  let held: Promise<void> = Promise.resolve();

  const server = createServer((request, response) => void answer(request, response));
  const sockets = new WebSocketServer({ server, path: "/v1/socket", verifyClient: () => refusals-- <= 0 });
  const self: WebTerminal = {
    url: "",
    open: (command) => openSession(command).id,
    output: (id) => of(id).output.toString(),
    input: (id) => of(id).input,
    size: (id) => of(id).pty.size,
    type: (id, text) => of(id).pty.write(Buffer.from(text)),
    cut(more = 0) {
      refusals = more;
      for (const client of sockets.clients) client.terminate();
    },
    cutAt(id, position) {
      of(id).cutAt = position;
    },
    hold() {
      let release = (): void => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    forgetTokens: () => tokens.clear(),
    requests: [],
    hellos: [],
    uploads: new Map(),
    job: null,
    cases: [],
    recent: [],
    decided: [],
    opened: [],
    async lose(id) {
      of(id).lost = true;
      await of(id).pty.kill();
    },
    async close() {
      for (const client of sockets.clients) client.terminate();
      await Promise.all([...sessions.values()].map(({ pty }) => pty.kill()));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const of = (id: string): Session => {
    const session = sessions.get(id);
    if (session === undefined) throw new Error(`no session ${id}`);
    return session;
  };
  const overview = (): object => ({
    sessions: [...sessions.values()].map((session) => ({
      id: session.id,
      name: session.id,
      label: session.label,
      state: session.pty.exit === undefined ? "running" : "ended",
      exit: session.pty.exit ?? null,
      title: session.title,
      columns: session.pty.columns,
      rows: session.pty.rows,
      viewers: session.viewers.size,
      lastOutput: Date.now(),
      lastInput: Date.now(),
    })),
    job: self.job,
    queue: self.job === null ? [] : [{ title: "Write the changelog", by: "Ada" }],
    cases: self.cases,
    recent: self.recent,
    hosts: ["host", "ssh:web", "docker:db"],
  });
  const tellLists = (): void => {
    for (const list of lists) list.send(JSON.stringify({ type: "list", ...overview() }));
  };
  const tell = (session: Session, message: object): void => {
    for (const viewer of session.viewers.keys()) viewer.send(JSON.stringify(message));
  };
  const openSession = (command = "env PS1='$ ' bash --norc --noprofile"): Session => {
    const id = `term-${sessions.size + 1}`;
    const session: Session = {
      id,
      label: command.startsWith("env ") ? "bash" : (command.split(" ")[0] ?? command),
      output: Buffer.alloc(0),
      input: "",
      cutAt: Number.POSITIVE_INFINITY,
      title: "",
      lost: false,
      viewers: new Map(),
      pty: openFakePty(command, folder, {
        output(chunk) {
          const before = session.output.length;
          session.output = appended(session.output, chunk);
          const cut = before + chunk.length >= session.cutAt ? session.cutAt - before : undefined;
          for (const viewer of session.viewers.keys()) viewer.send(chunk.subarray(0, cut));
          if (cut === undefined) return;
          session.cutAt = Number.POSITIVE_INFINITY;
          // An orderly close lets what was sent arrive, up to the very byte.
          for (const viewer of session.viewers.keys()) viewer.close(1012);
          session.viewers.clear();
        },
        ended(exit) {
          if (session.lost) Object.assign(exit, { code: null, reason: "web is not reached.", lost: true });
          tell(session, { type: "ended", ...exit });
          for (const viewer of session.viewers.keys()) viewer.close(1000);
          tellLists();
        },
      }),
    };
    sessions.set(id, session);
    tellLists();
    return session;
  };
  const resize = (session: Session, columns: number, rows: number): void => {
    if (session.pty.resize(columns, rows)) tell(session, { type: "size", columns, rows });
  };
  const attach = (socket: WebSocket, hello: Record<string, unknown>, role: Role): void => {
    const session = sessions.get(String(hello.session));
    if (session === undefined) {
      refuse(socket, 4404, "not-found", "There is no such session.");
      return;
    }
    const { pty, output, viewers } = session;
    const position = output.length;
    viewers.set(socket, role);
    if (role !== "reader" && viewers.size === 1) resize(session, Number(hello.columns), Number(hello.rows));
    const { columns, rows } = pty;
    const say = (message: object): void => socket.send(JSON.stringify(message));
    say({ type: "attached", session: session.id, position, columns, rows, role, viewers: viewers.size });
    const from = hello.from;
    if (typeof from === "number" && from <= position && position - from <= REMEMBERED) {
      if (from < position) socket.send(output.subarray(from));
    } else {
      say({ type: "snapshot", position, columns, rows });
      socket.send(output.subarray(-SNAPSHOT));
    }
    tell(session, { type: "viewers", count: viewers.size });
    if (pty.exit !== undefined) {
      say({ type: "ended", ...pty.exit });
      socket.close(1000);
    }
    socket.on("message", (data, binary) => {
      // Refused by the true server too; here the test sees whether the page even tries.
      if (binary) {
        session.input += String(data);
        if (role !== "reader") pty.write(data as Buffer);
        return;
      }
      const message = JSON.parse(String(data)) as { type: string; columns: number; rows: number };
      if (message.type === "resize" && role !== "reader") resize(session, message.columns, message.rows);
    });
    socket.on("close", () => {
      if (viewers.delete(socket)) tell(session, { type: "viewers", count: viewers.size });
    });
  };
  sockets.on("connection", (socket) => {
    socket.once("message", (data) => {
      const hello = JSON.parse(String(data)) as Record<string, unknown>;
      self.hellos.push(hello);
      const role = tokens.get(String(hello.token));
      if (role === undefined) return refuse(socket, 4401, "unauthorized", "Log in again.");
      if (hello.type === "attach") return void held.then(() => attach(socket, hello, role));
      lists.add(socket);
      socket.on("close", () => lists.delete(socket));
      socket.send(JSON.stringify({ type: "list", ...overview() }));
    });
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    self.requests.push(`${request.method} ${pathname}`);
    const json = (status: number, body: object): void => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(body));
    };
    if (pathname === "/") {
      const { bytes, headers } = page();
      response.writeHead(200, headers);
      response.end(bytes);
      return;
    }
    const body = Buffer.concat(await request.toArray()).toString();
    if (pathname === "/v1/login") {
      const role = /"(?:link|initData)":"[^"]*(owner|writer|reader)/.exec(body)?.[1] as Role | undefined;
      if (role === undefined)
        return json(401, { error: { code: "unauthorized", message: "This link has been used." } });
      const token = `${role}-${tokens.size}-${Math.random()}`;
      tokens.set(token, role);
      return json(200, { token, expiresAt: Date.now() + 3_600_000, role, name: "Ada" });
    }
    if (!tokens.has((request.headers.authorization ?? "").replace("Bearer ", "")))
      return json(401, { error: { code: "unauthorized", message: "Log in again." } });
    const [, , kind, id, files] = pathname.split("/");
    const session = sessions.get(id ?? "");
    if (pathname === "/v1/job/continue") {
      const { id: which, how } = JSON.parse(body) as { id: string; how: string };
      self.decided.push(`${which} ${how}`);
      self.cases = self.cases.filter((each) => each.id !== which);
      tellLists();
      return json(200, { said: "Resumes." });
    }
    if (kind === "job") {
      self.job = null;
      tellLists();
      return json(200, {});
    }
    if (files === "files" && request.method === "POST") {
      self.uploads.set(searchParams.get("name") ?? "", body);
      return json(200, { folder: "/home/ada/uploads", name: searchParams.get("name") ?? "" });
    }
    if (files === "files") return void response.end(`contents of ${searchParams.get("path")}`);
    if (request.method === "POST") {
      // A command is noted and not run: what counts here is that it is asked for.
      const { where, command = "" } = JSON.parse(body || "{}") as { where?: string; command?: string };
      self.opened.push(files === "reconnect" ? `reconnect ${id}` : `${where} ${command}`.trim());
      return json(200, { id: openSession().id });
    }
    if (request.method === "DELETE") {
      await session?.pty.kill();
      sessions.delete(id ?? "");
      tellLists();
      return json(200, {});
    }
    json(200, overview());
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(self, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function refuse(socket: WebSocket, status: number, code: string, message: string): void {
  socket.send(JSON.stringify({ type: "error", code, message }));
  socket.close(status);
}
