import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { asObject, asText } from "../../agents/json.ts";
import type { ControlRoute } from "../../control/router.ts";
import { readJson } from "../../web/body.ts";
import { HttpError } from "../../web/http-error.ts";
import { type HookEvent, readHookEvent } from "./hook-event.ts";

/** A hook that has come, and waits for an answer. */
export interface HookCall {
  /** The id of the terminal. */
  readonly session: string;
  /** Stays the same when the hook comes again to another life of the bridge. */
  readonly request: string;
  /** It has come before, and lost its answer. */
  readonly again: boolean;
  readonly event: HookEvent;
  /** Aborts when the hook was ended. */
  readonly gone: AbortSignal;
}

export interface HookRouteOptions {
  /** Those that are open, by their ids, and what each of them is known by. */
  readonly secrets: ReadonlyMap<string, string>;
  /** @returns what the hook prints; undefined for nothing. */
  readonly handle: (call: HookCall) => Promise<object | undefined>;
}

/** The hook cuts long texts itself. */
const LARGEST = { bytes: 1 << 20, words: "1 MB" };
const REQUEST = /^[0-9a-f]{16}$/;

/** Takes in what the hooks of the terminals' Claude Code tell. None can speak for another session. */
export function hookRoute({ secrets, handle }: HookRouteOptions): ControlRoute {
  return {
    method: "POST",
    path: /^\/v1\/sessions\/([\w.-]{1,64})\/hooks$/,
    async handle({ request, words: [session = ""], gone }) {
      const known = sessionOf(request, secrets);
      if (!secrets.has(session)) throw new HttpError(404, "no-session", "There is no such terminal.");
      if (known !== session)
        throw new HttpError(403, "not-yours", "A hook speaks for its own terminal only.");
      const body = await readJson(request, LARGEST);
      const id = asText(body.request) ?? "";
      if (!REQUEST.test(id))
        throw new HttpError(400, "bad-request", "request has to be 16 hexadecimal digits.");
      const event = readHookEvent(asObject(body.event));
      const output =
        event && (await handle({ session, request: id, again: body.again === true, event, gone }));
      return output ? { output } : {};
    },
  };
}

/** Whose secret it shows. @throws HttpError (401) for nobody's. */
function sessionOf(request: IncomingMessage, secrets: ReadonlyMap<string, string>): string {
  const shown = hashOf(/^Bearer ([0-9a-f]{1,200})$/.exec(request.headers.authorization ?? "")?.[1] ?? "");
  let known: string | undefined;
  // All of them, so that the time tells nothing.
  for (const [session, secret] of secrets) if (timingSafeEqual(shown, hashOf(secret))) known = session;
  if (known === undefined) throw new HttpError(401, "no-token", "Nobody is known by this token.");
  return known;
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
