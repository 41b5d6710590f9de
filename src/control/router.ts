import type { IncomingMessage } from "node:http";
import { HttpError } from "../web/http-error.ts";

/** A request to the bridge by a program of the same user. */
export interface ControlCall {
  readonly request: IncomingMessage;
  /** What stands in the path, such as the id of a session. */
  readonly words: readonly string[];
  /** Aborts when whoever asked does not wait any longer. */
  readonly gone: AbortSignal;
}

export interface ControlRoute {
  readonly method: "GET" | "POST" | "DELETE";
  /** With a group for each of the words. */
  readonly path: RegExp;
  /** @returns the answer, as JSON. @throws HttpError */
  handle(call: ControlCall): Promise<object>;
}

/** @throws HttpError when nobody is in charge of it, or whoever is throws one. */
export async function routeControl(
  routes: readonly ControlRoute[],
  request: IncomingMessage,
  gone: AbortSignal,
): Promise<object> {
  const path = request.url ?? "";
  const here = routes.filter((route) => route.path.test(path));
  if (here.length === 0) throw new HttpError(404, "not-found", "There is nothing here.");
  const found = here.find(({ method }) => method === request.method);
  if (!found) {
    const methods = here.map(({ method }) => method);
    throw new HttpError(405, "wrong-method", `Here is only ${methods.join(" and ")}.`, {
      headers: { Allow: methods.join(", ") },
    });
  }
  const [, ...words] = found.path.exec(path) ?? [];
  return found.handle({ request, words, gone });
}
