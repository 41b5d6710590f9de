import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Duplex } from "node:stream";
import { VERSION } from "../version.ts";
import { clientHeader, FrameReader, type Message, OPCODE, PROTOCOL } from "../web/frames.ts";
import { faultOf, noAnswer } from "./bridge-client.ts";
import { readBody } from "./client.ts";
import { VERSION_HEADER } from "./version.ts";

export interface BridgeSocketEvents {
  onText(text: string): void;
  onBinary(bytes: Buffer): void;
  /** Once, when nothing more comes: 1006 when it was cut. */
  onClose(code: number): void;
}

/** A screen with all that has scrolled out of it. */
const LARGEST_MESSAGE = 64 * 1024 * 1024;

/** The client's end of a web socket over a bridge's control socket. */
export class BridgeSocket {
  readonly #connection: Duplex;
  readonly #events: BridgeSocketEvents;
  readonly #reader = new FrameReader(LARGEST_MESSAGE, "server");
  #code = 1006;

  private constructor(connection: Duplex, head: Buffer, events: BridgeSocketEvents) {
    this.#connection = connection;
    this.#events = events;
    if (head.length > 0) connection.unshift(head);
    connection.on("data", (chunk: Buffer) => this.#take(chunk));
    connection.on("error", () => connection.destroy());
    connection.on("end", () => connection.destroy());
    connection.on("close", () => events.onClose(this.#code));
  }

  /** @param socket The path of the bridge's control socket. @throws BridgeError */
  static open(socket: string, events: BridgeSocketEvents): Promise<BridgeSocket> {
    return new Promise((resolve, reject) => {
      const asking = request({
        ...{ socketPath: socket, path: "/v1/socket", agent: false },
        headers: {
          ...{ Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
          "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
          "Sec-WebSocket-Protocol": PROTOCOL,
          [VERSION_HEADER]: VERSION,
        },
      });
      asking.on("error", (error) => reject(noAnswer(error)));
      asking.on("response", async (response) => {
        const body = await readBody(response).catch(() => undefined);
        reject(faultOf({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
      asking.on("upgrade", (_, connection, head) => resolve(new BridgeSocket(connection, head, events)));
      asking.end();
    });
  }

  say(message: object): void {
    this.#send(OPCODE.text, Buffer.from(JSON.stringify(message)));
  }

  /** @returns false when the bridge has not taken yet what was sent before. */
  sendBinary(bytes: Buffer): boolean {
    return this.#send(OPCODE.binary, bytes);
  }

  /** Calls back once when all that was sent is out. */
  onceDrained(callback: () => void): void {
    this.#connection.once("drain", callback);
  }

  /** Leaves, once what was sent is out. */
  close(): void {
    this.#send(OPCODE.close, Buffer.alloc(0));
    this.#connection.end();
  }

  #send(opcode: number, payload: Buffer): boolean {
    if (this.#connection.destroyed || this.#connection.writableEnded) return true;
    return this.#connection.write(Buffer.concat([clientHeader(opcode, payload.length), payload]));
  }

  #take(chunk: Buffer): void {
    try {
      for (const message of this.#reader.push(chunk)) this.#handle(message);
    } catch {
      // What is not the protocol comes from no bridge that goes on.
      this.#connection.destroy();
    }
  }

  #handle(message: Message): void {
    if (message.kind === "text") this.#events.onText(message.text);
    else if (message.kind === "binary") this.#events.onBinary(message.bytes);
    else if (message.kind === "ping") this.#send(OPCODE.pong, message.bytes);
    else if (message.kind === "close") {
      this.#code = message.code;
      this.close();
    }
  }
}
