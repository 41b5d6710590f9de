import type { IncomingMessage } from "node:http";
import { asObject, asText, type JsonObject } from "../agents/json.ts";
import { VERSION } from "../version.ts";
import { type ControlAnswer, type ControlRequest, readBody, streamFromBridge } from "./client.ts";
import { fits, VERSION_HEADER } from "./version.ts";

/** Why a bridge did not do what it was asked for: its own words, fit for the console. */
export class BridgeError extends Error {
  override readonly name = "BridgeError";
  /** As the API has it; `no-bridge` when nobody answers. */
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** A bridge that hangs must not hold up whoever asks for ever; to open a terminal elsewhere takes its time. */
const ANSWER_MS = 120_000;

export type Asked = Pick<ControlRequest, "method" | "path" | "body"> & {
  /** Of the whole answer. */
  readonly withinMs?: number;
};

/** The API of one bridge, for programs of the same user. */
export class BridgeClient {
  readonly socket: string;

  /** @param socket Its path. */
  constructor(socket: string) {
    this.socket = socket;
  }

  /** @throws BridgeError */
  async ask({ withinMs = ANSWER_MS, ...asked }: Asked): Promise<JsonObject> {
    const response = await this.#send({ ...asked, signal: AbortSignal.timeout(withinMs) });
    const body = await readBody(response).catch((error) => Promise.reject(noAnswer(error)));
    return asObject(body);
  }

  /** An answer that comes piece by piece. @param signal ends it. @throws BridgeError */
  stream(asked: Omit<Asked, "withinMs">, signal: AbortSignal): Promise<IncomingMessage> {
    return this.#send({ ...asked, signal });
  }

  async #send(asked: Omit<ControlRequest, "socket" | "headers">): Promise<IncomingMessage> {
    const { socket } = this;
    const headers = { [VERSION_HEADER]: VERSION };
    const response = await streamFromBridge({ ...asked, socket, headers }).catch((error) =>
      Promise.reject(noAnswer(error)),
    );
    const { statusCode: status = 0 } = response;
    if (status >= 200 && status < 300) {
      refuseOther(response.headers);
      return response;
    }
    const body = await readBody(response).catch(() => undefined);
    throw faultOf({ status, headers: response.headers, body });
  }
}

/** What an answer other than 200 says. */
export function faultOf({ headers, body }: Pick<ControlAnswer, "headers" | "body" | "status">): BridgeError {
  const error = asObject(asObject(body).error);
  const code = asText(error.code) ?? "fault";
  const message = asText(error.message) ?? "The bridge did not say why.";
  const version = versionOf(headers);
  // A bridge of another version may not know the path: that says nothing about what was meant.
  if ((code === "not-found" || code === "wrong-method") && version !== VERSION) return otherVersion(version);
  return new BridgeError(code, message, asText(error.hint));
}

/** @throws BridgeError when the bridge may mean something else by its answer. */
export function refuseOther(headers: ControlAnswer["headers"]): void {
  const version = versionOf(headers);
  if (version === undefined || !fits(version, VERSION)) throw otherVersion(version);
}

/** Nobody answers, or not in time. */
export function noAnswer(error: unknown): BridgeError {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === "TimeoutError" || name === "AbortError")
    return new BridgeError(
      "timed-out",
      "The bridge does not answer.",
      "Its log, in .nanogent/logs/, may say why.",
    );
  if (code === "EACCES" || code === "EPERM")
    return new BridgeError("not-allowed", "The bridge here belongs to another user.");
  return new BridgeError(
    "no-bridge",
    `The bridge has just ended, or does not answer (${code ?? message}).`,
    START,
  );
}

export const START = "Start it: nanogent start";

function otherVersion(version: string | undefined): BridgeError {
  const other = version === undefined || version === VERSION ? "an older version" : version;
  return new BridgeError(
    "wrong-version",
    `The bridge here is nanogent ${other}, and this is nanogent ${VERSION}: it does not know that.`,
    "Replace the nanogent.mjs of its folder, and start the bridge again.",
  );
}

function versionOf(headers: ControlAnswer["headers"]): string | undefined {
  const version = headers[VERSION_HEADER];
  return typeof version === "string" && /^[\w.+-]{1,40}$/.test(version) ? version : undefined;
}
