import type { IncomingMessage } from "node:http";
import { wrongMethod } from "../web/http-error.ts";

/** A request to the bridge by a program that it has started itself. */
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

/**
 * Has whoever is in charge of it answer; undefined when nobody of these is.
 * @throws HttpError
 */
export function routeControl(
  routes: readonly ControlRoute[],
  request: IncomingMessage,
  gone: AbortSignal,
): Promise<object> | undefined {
  const path = request.url ?? "";
  const here = routes.filter((route) => route.path.test(path));
  if (here.length === 0) return undefined;
  const found = here.find(({ method }) => method === request.method);
  if (!found) throw wrongMethod(here.map(({ method }) => method));
  const [, ...words] = found.path.exec(path) ?? [];
  return found.handle({ request, words, gone });
}
