import type { Log } from "../log.ts";
import { ApiError, faultOf, NetworkError } from "./errors.ts";
import type { Attempt, Operation, OperationKind } from "./lane.ts";

/** A call to Telegram, with what may be done when it fails. */
export interface Call<T> {
  readonly kind: OperationKind;
  readonly key?: string;
  readonly chatId: number;
  /** Asked when it would leave: whether it still should. */
  readonly wanted?: () => boolean;
  run(): Promise<T>;
  /** Changes the call after a refusal so that it can go through. False when there is nothing to change. */
  mend?(error: ApiError): boolean;
  /** Whether to try again what may have arrived already. Not unless told. */
  repeat?(): boolean;
}

/** Used when the server asks for a pause without saying how long. */
const PAUSE_S = 5;

/**
 * Makes a call wait in a lane, try and try again until it has gone through or is given up.
 * @param done Gets the call's result, or undefined once it is given up.
 */
export function deliver<T>(call: Call<T>, log: Log, done: (result: T | undefined) => void): Operation {
  const { kind, key, chatId, wanted } = call;
  return {
    kind,
    ...(key === undefined ? {} : { key }),
    ...(wanted ? { wanted } : {}),
    dropped: () => done(undefined),
    async attempt() {
      try {
        done(await call.run());
        return "settled";
      } catch (error) {
        const next = judge(error, call);
        if (next === "settled") {
          log[kind === "action" ? "debug" : "warn"]("not delivered", { chatId, kind, error });
          done(undefined);
        } else if (typeof next === "object") {
          log.warn("told to slow down", { chatId, kind, seconds: next.pauseSeconds });
        }
        return next;
      }
    },
  };
}

/** How a call that failed goes on. */
function judge<T>(error: unknown, call: Call<T>): Attempt {
  if (error instanceof NetworkError) {
    if (call.kind === "action") return "settled";
    return !error.mayHaveArrived || call.repeat?.() ? "again" : "settled";
  }
  if (!(error instanceof ApiError)) return "settled";
  const fault = faultOf(error);
  if (fault === "flood" || error.retryAfter !== undefined) {
    return { pauseSeconds: error.retryAfter ?? PAUSE_S };
  }
  if (fault === "server") return call.kind === "action" ? "settled" : "again";
  return call.mend?.(error) ? "changed" : "settled";
}
