import { setTimeout as sleep } from "node:timers/promises";
import type { SessionDriver } from "../terminal/input/driver.ts";
import { readJson } from "./body.ts";
import { HttpError } from "./http-error.ts";
import type { Call, Route } from "./router.ts";
import { exitView } from "./session-list.ts";

/** A text may be longer than anything else that is sent as JSON. */
const LARGEST_INPUT = { bytes: 2 << 20, words: "2 MB" };
const MOST_KEYS = 100;
const MOST_LINES = 10_000;
const LOOK_MS = 200;
const WAIT_MS = { usual: 60_000, most: 24 * 3_600_000 };
const SUBMITS = ["no", "yes", "force"] as const;
const WAITS = ["idle", "exit", "text"] as const;

const at = (what: string): RegExp => new RegExp(`^/v1/sessions/([\\w.-]{1,64})/${what}$`);

/** What programs do with a session: type so that it arrives, look, ask what it does, and wait. */
export const DRIVE_ROUTES: readonly Route[] = [
  { method: "POST", path: at("input"), readers: false, handle: input },
  { method: "POST", path: at("keys"), readers: false, handle: keys },
  { method: "GET", path: at("screen"), readers: true, handle: screen },
  { method: "GET", path: at("status"), readers: true, handle: async (call) => statusView(call) },
  { method: "POST", path: at("wait"), readers: true, handle: wait },
];

async function driverOf({ needs, id }: Call): Promise<SessionDriver> {
  const driver = await needs.sessions.drive(id);
  if (driver) return driver;
  throw new HttpError(404, "no-session", "There is no such terminal.");
}

async function input(call: Call): Promise<object> {
  const driver = await driverOf(call);
  const { text, submit = "no", retries, share = false } = await readJson(call.request, LARGEST_INPUT);
  const how = SUBMITS.find((each) => each === submit);
  if (typeof text !== "string" || how === undefined || typeof share !== "boolean")
    throw new HttpError(400, "bad-request", "text is a string, submit is no, yes or force.");
  if (retries !== undefined && (!Number.isSafeInteger(retries) || Number(retries) < 0))
    throw new HttpError(400, "bad-request", "retries is a number.");
  const outcome = await driver.inject({
    ...{ text, submit: how, share },
    ...(retries === undefined ? {} : { retries: Number(retries) }),
  });
  if (outcome.confirmed) return outcome;
  throw new HttpError(409, "not-confirmed", outcome.reason, { hint: outcome.hint });
}

async function keys(call: Call): Promise<object> {
  const driver = await driverOf(call);
  const { keys: names } = await readJson(call.request);
  const isList = Array.isArray(names) && names.length > 0 && names.length <= MOST_KEYS;
  if (!isList || !names.every((name) => typeof name === "string" && name.length <= 40))
    throw new HttpError(400, "bad-request", `keys is a list of names, ${MOST_KEYS} at most.`);
  if (call.needs.sessions.get(call.id)?.exit) throw new HttpError(409, "ended", "The terminal has ended.");
  const wrong = await driver.press(names);
  if (wrong === undefined) return { pressed: names.length };
  throw new HttpError(400, "bad-request", `${wrong} is no key.`, {
    hint: "Such as Enter, Up, F5, C-c, M-x, S-Tab, or a character.",
  });
}

async function screen(call: Call): Promise<object> {
  const driver = await driverOf(call);
  const lines = call.query.get("lines");
  if (lines !== null && !/^[1-9]\d{0,4}$/.test(lines))
    throw new HttpError(400, "bad-request", `lines is a number from 1 to ${MOST_LINES}.`);
  return driver.screen(lines === null ? undefined : Math.min(Number(lines), MOST_LINES));
}

async function statusView(call: Call): Promise<{ id: string; state: string; evidence: string }> {
  const status = await (await driverOf(call)).status();
  const session = call.needs.sessions.get(call.id);
  const { id = call.id, exit } = session ?? {};
  return { id, ...status, ...(exit ? { exit: exitView(exit) } : {}) };
}

/** Looks again and again: what a session does is known by many signs. */
async function wait(call: Call): Promise<object> {
  const driver = await driverOf(call);
  const { for: what = "idle", text, timeoutMs = WAIT_MS.usual } = await readJson(call.request);
  const wanted = WAITS.find((each) => each === what);
  if (wanted === undefined) throw new HttpError(400, "bad-request", "for is idle, exit or text.");
  if (!Number.isFinite(timeoutMs) || Number(timeoutMs) < 0)
    throw new HttpError(400, "bad-request", "timeoutMs is a number.");
  if (wanted === "text" && (typeof text !== "string" || text === ""))
    throw new HttpError(400, "bad-request", "text is what is to appear.");
  const end = performance.now() + Math.min(Number(timeoutMs), WAIT_MS.most);
  for (;;) {
    const view = await statusView(call);
    const isMet =
      wanted === "exit"
        ? view.state === "ended"
        : wanted === "text"
          ? (await driver.screen(undefined)).lines.some((line) => line.includes(String(text)))
          : view.state === "idle";
    if (isMet) return { met: true, ...view };
    if (view.state === "ended") throw new HttpError(409, "ended", "The terminal has ended before that.");
    if (performance.now() >= end || call.response.destroyed)
      throw new HttpError(408, "timed-out", `Not in time: ${view.evidence}`);
    await sleep(LOOK_MS);
  }
}
