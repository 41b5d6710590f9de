import type { Log } from "../../log.ts";
import { asText, type JsonObject } from "../json.ts";
import { parseClaudeLine } from "./line.ts";

const LOGGED_CHARACTERS = 200;

/** Takes what the program says, object by object. */
export interface Listener {
  /** May throw on one that is not as it should be. */
  take(message: JsonObject): void;
  /** A request that could not be taken: it must not wait for a person. */
  refuse(message: JsonObject): void;
}

/** Hands on each line of stdout. The function throws nothing: what cannot be read or taken is logged and skipped. */
export function claudeStream(listener: Listener, log: Log): (line: Buffer) => void {
  return (line) => {
    let message: JsonObject | undefined;
    try {
      message = parseClaudeLine(line);
    } catch {
      const head = line.toString("utf8", 0, LOGGED_CHARACTERS * 4).slice(0, LOGGED_CHARACTERS);
      log.warn("agent wrote a line that is no JSON", { line: head });
      return;
    }
    if (message) handOver(message, listener, log);
  };
}

/** Hands on one object. Throws nothing. */
export function handOver(message: JsonObject, listener: Listener, log: Log): void {
  try {
    listener.take(message);
  } catch (error) {
    // Thrown into the stream's callback it would end the bridge.
    log.warn("agent line not handled", { type: asText(message.type), error });
    if (message.type === "control_request") listener.refuse(message);
  }
}
