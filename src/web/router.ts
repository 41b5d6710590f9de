import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, dirname, resolve } from "node:path";
import { SESSION_NAME } from "../session-name.ts";
import { BackendError } from "../terminal/pty.ts";
import type { TerminalSession } from "../terminal/session.ts";
import { readJson } from "./body.ts";
import { isDimension } from "./client-message.ts";
import { sendFile } from "./download.ts";
import { DRIVE_ROUTES } from "./drive-routes.ts";
import { HttpError, wrongMethod } from "./http-error.ts";
import type { OpenRequest, WebNeeds } from "./needs.ts";
import { mayWrite, type Visitor } from "./roles.ts";
import { listView, sessionView } from "./session-list.ts";
import type { Grant } from "./tokens.ts";
import { receiveFile, receiveForElsewhere } from "./upload.ts";

/** One request of somebody who was let in. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly visitor: Visitor;
  readonly needs: WebNeeds;
  /** What stands in the path for the id or the name of a session, or for a job. */
  readonly id: string;
}

/** Something that answers: with what it returns as JSON, or by itself when that is undefined. */
type Handler = (call: Call) => Promise<object | undefined>;

export interface Route {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: RegExp;
  /** Readers may do it too. */
  readonly readers: boolean;
  readonly handle: Handler;
}

const SESSION = /^\/v1\/sessions\/([\w.-]{1,64})$/;
const NAME = /^\/v1\/sessions\/([\w.-]{1,64})\/name$/;
const JOB = /^\/v1\/jobs\/([\w.-]{1,64})$/;
const FILES = /^\/v1\/sessions\/([\w.-]{1,64})\/files$/;
const RECONNECT = /^\/v1\/sessions\/([\w.-]{1,64})\/reconnect$/;
const ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/v1\/sessions$/, readers: true, handle: ({ needs }) => listView(needs) },
  { method: "POST", path: /^\/v1\/sessions$/, readers: false, handle: openSession },
  { method: "DELETE", path: SESSION, readers: false, handle: closeSession },
  { method: "POST", path: RECONNECT, readers: false, handle: reconnectSession },
  ...DRIVE_ROUTES,
  { method: "POST", path: NAME, readers: false, handle: rename },
  { method: "GET", path: /^\/v1\/bridge$/, readers: true, handle: async ({ needs }) => needs.bridge() },
  {
    method: "GET",
    path: /^\/v1\/jobs$/,
    readers: true,
    handle: async ({ needs }) => ({ jobs: needs.jobs() }),
  },
  { method: "DELETE", path: JOB, readers: false, handle: cancelJob },
  { method: "POST", path: /^\/v1\/job\/stop$/, readers: false, handle: stopJob },
  { method: "POST", path: /^\/v1\/job\/continue$/, readers: false, handle: continueJob },
  { method: "POST", path: FILES, readers: false, handle: upload },
  // What a reader sees is what others have brought to the screen; a file he would choose himself.
  { method: "GET", path: FILES, readers: false, handle: download },
];

/**
 * Has a request below `/v1/` answered by whoever is in charge of it.
 * @param admit says who asks. @throws HttpError also when it does.
 */
export async function route(
  path: string,
  call: Omit<Call, "visitor" | "id">,
  admit: () => Grant,
): Promise<object | undefined> {
  const { method } = call.request;
  const here = ROUTES.filter((each) => each.path.test(path));
  const found = here.find((each) => each.method === method);
  if (here.length === 0) throw new HttpError(404, "not-found", "There is nothing here.");
  if (!found) throw wrongMethod(here.map((each) => each.method));
  const grant = admit();
  const role = grant.use();
  if (!role || (!found.readers && !mayWrite(role)))
    throw new HttpError(403, "read-only", "You may look, but not do this.");
  const id = found.path.exec(path)?.[1] ?? "";
  return found.handle({ ...call, visitor: grant.visitor, id });
}

async function openSession({ request, needs, visitor }: Call): Promise<object> {
  const wanted = readOpen(await readJson(request));
  return sessionView(await said(needs.sessions.open(wanted, visitor), "not-opened"));
}

async function reconnectSession({ needs, visitor, id }: Call): Promise<object> {
  const opened = await said(needs.sessions.reconnect(id, visitor), "not-opened");
  if (opened === "unknown") throw noSession();
  if (opened === "running") throw new HttpError(409, "still-runs", "This terminal has not ended.");
  return sessionView(opened);
}

/** @throws HttpError with what a backend says. */
async function said<T>(doing: Promise<T>, code: string): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    throw new HttpError(409, code, error.message, { hint: error.hint });
  }
}

/** @throws HttpError */
function readOpen(body: Record<string, unknown>): OpenRequest {
  const wanted: Record<string, unknown> = {};
  for (const key of ["where", "command", "name", "cwd", "columns", "rows"] as const) {
    const value = body[key];
    if (value === undefined) continue;
    const isSize = key === "columns" || key === "rows";
    if (isSize ? !isDimension(value) : typeof value !== "string" || value === "")
      throw new HttpError(400, "bad-request", `${key} cannot be this.`);
    wanted[key] = value;
  }
  return wanted;
}

function sessionOf({ needs, id }: Call): TerminalSession {
  const session = needs.sessions.get(id);
  if (session) return session;
  throw noSession();
}

function noSession(): HttpError {
  return new HttpError(404, "no-session", "There is no such terminal.");
}

async function closeSession(call: Call): Promise<object> {
  const session = sessionOf(call);
  await call.needs.sessions.close(session.id);
  return sessionView(session);
}

async function rename(call: Call): Promise<object> {
  const session = sessionOf(call);
  const { name } = await readJson(call.request);
  if (typeof name !== "string" || !SESSION_NAME.test(name))
    throw new HttpError(400, "bad-name", "A name has letters, digits, “.”, “_” and “-”, 64 at most.");
  try {
    call.needs.sessions.rename(session.id, name);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    throw new HttpError(409, "not-renamed", error.message, { hint: error.hint });
  }
  return sessionView(session);
}

async function cancelJob({ needs, visitor, id }: Call): Promise<object> {
  const outcome = await needs.cancelJob(id, visitor);
  if (outcome === "stopping" || outcome === "removed") return { outcome };
  if (outcome === "not-yours")
    throw new HttpError(403, "not-yours", "Only owners may stop the job of another one.");
  throw new HttpError(404, "no-job", "There is no such job.");
}

async function stopJob({ needs, visitor }: Call): Promise<object> {
  const outcome = await needs.stopJob(visitor);
  if (outcome === "stopped") return { stopped: true };
  if (outcome === "not-yours")
    throw new HttpError(403, "not-yours", "Only owners may stop the job of another one.");
  throw new HttpError(409, "nothing-runs", "Nothing is running.");
}

async function continueJob({ request, needs, visitor }: Call): Promise<object> {
  const { id, how } = await readJson(request);
  if (typeof id !== "string" || typeof how !== "string")
    throw new HttpError(400, "bad-request", "id or how is missing.");
  const { outcome, notice } = await needs.continueJob(id, how, visitor);
  if (outcome === "settled") return { said: notice };
  throw new HttpError(outcome === "not-yours" ? 403 : 409, outcome, notice);
}

async function upload(call: Call): Promise<object> {
  const { needs, request, query } = call;
  const folder = await needs.sessions.folderOf(sessionOf(call).id);
  const name = query.get("name") ?? "";
  if (!("here" in folder)) return said(receiveForElsewhere(request, folder.put, name), "not-put");
  const path = await receiveFile(request, folder.here, name);
  return { folder: dirname(path), name: basename(path) };
}

async function download(call: Call): Promise<undefined> {
  const { needs, response, query } = call;
  const folder = await needs.sessions.folderOf(sessionOf(call).id);
  if (!("here" in folder))
    throw new HttpError(409, "not-here", "Only files of this machine can be downloaded.");
  await sendFile(response, resolve(folder.here, query.get("path") ?? ""), needs.fileRules());
}
