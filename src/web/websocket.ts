import type { Duplex } from "node:stream";
import type { Clock } from "../clock.ts";
import { closePayload, FrameError, FrameReader, frameHeader, type Message, OPCODE } from "./frames.ts";

/** What a socket tells its owner. Each message is handed over in the order in which it came. */
export interface SocketEvents {
  onText(text: string): void;
  onBinary(bytes: Buffer): void;
  /** All that was sent is out. Comes only after something had to wait. */
  onDrain(): void;
  /** Once, when nothing more comes; 1006 when it was cut. */
  onClose(code: number): void;
}

const LARGEST_MESSAGE = 1024 * 1024;
const PING_MS = 25_000;
/** Nothing of it for so many pings in a row: the other end is gone. */
const PINGS_UNANSWERED = 2;
const CLOSE_MS = 10_000;
const EMPTY = Buffer.alloc(0);

/** The server's end of a web socket (RFC 6455) whose handshake has been answered. */
export class WebSocket {
  readonly #socket: Duplex;
  readonly #events: SocketEvents;
  readonly #clock: Clock;
  readonly #reader = new FrameReader(LARGEST_MESSAGE);
  #cancelTimer: () => void = () => {};
  /** What the connection is or was closed with. */
  #code: number | undefined;
  #ended = false;
  // The handshake was a sign of life.
  #received = true;
  #unanswered = 0;
  #taken = 0;
  #sent = 0;

  /** @param head what came with the request, behind its headers. */
  constructor(socket: Duplex, head: Buffer, clock: Clock, events: SocketEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#clock = clock;
    if (head.length > 0) socket.unshift(head);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("drain", () => this.#isOpen() && events.onDrain());
    socket.on("error", () => socket.destroy());
    // Without a close frame before it, the end of the stream is a cut.
    socket.on("end", () => socket.destroy());
    socket.on("close", () => this.#finish());
    this.#pingLater();
  }

  /** How many bytes wait here because the client, or the way to it, is slow. */
  get bufferedAmount(): number {
    return this.#socket.writableLength;
  }

  sendText(text: string): void {
    this.#send(OPCODE.text, Buffer.from(text));
  }

  /** The bytes must not change any more. */
  sendBinary(bytes: Buffer): void {
    this.#send(OPCODE.binary, bytes);
  }

  /** Stops reading, so that a client that sends too much has to wait. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Sends no more and takes no more. What waits goes out first; after `deadlineMs` the connection is cut. */
  close(code: number, reason = "", deadlineMs = CLOSE_MS): void {
    if (!this.#isOpen()) {
      // It is closing already, and may now have less time for it.
      if (!this.#socket.destroyed) this.#setTimer(deadlineMs, () => this.#socket.destroy());
      return;
    }
    this.#send(OPCODE.close, closePayload(code, reason));
    this.#code = code;
    // The client's close frame has to be read even when its input was held back.
    this.#socket.resume();
    this.#setTimer(deadlineMs, () => this.#socket.destroy());
  }

  #isOpen(): boolean {
    return this.#code === undefined && !this.#ended;
  }

  #send(opcode: number, payload: Buffer): void {
    if (!this.#isOpen()) return;
    this.#sent += payload.length;
    // Both in one write to the kernel, without copying the payload.
    this.#socket.cork();
    this.#socket.write(frameHeader(opcode, payload.length));
    if (payload.length > 0) this.#socket.write(payload);
    this.#socket.uncork();
  }

  #take(chunk: Buffer): void {
    if (this.#ended) return;
    this.#received = true;
    try {
      for (const message of this.#reader.push(chunk)) {
        this.#handle(message);
        if (this.#ended) return;
      }
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#ended = true;
      if (this.#code === undefined) this.#socket.write(closeFrame(error.code, error.message));
      this.#code = error.code;
      this.#hangUp();
    }
  }

  #handle(message: Message): void {
    if (message.kind === "close") {
      this.#ended = true;
      // Section 5.5.1: the answer repeats the code, when it is not itself an answer.
      const { code } = message;
      if (this.#code === undefined) this.#socket.write(code === 1005 ? closeFrame() : closeFrame(code));
      this.#code ??= code;
      this.#hangUp();
    } else if (this.#code === undefined) {
      if (message.kind === "text") this.#events.onText(message.text);
      else if (message.kind === "binary") this.#events.onBinary(message.bytes);
      else if (message.kind === "ping") this.#pong(message.bytes);
    }
  }

  #pong(bytes: Buffer): void {
    // Whoever sends pings and reads nothing must not fill the memory with answers.
    if (this.bufferedAmount < LARGEST_MESSAGE) this.#send(OPCODE.pong, bytes);
  }

  #hangUp(): void {
    this.#socket.end();
    this.#setTimer(CLOSE_MS, () => this.#socket.destroy());
  }

  #finish(): void {
    this.#cancelTimer();
    this.#ended = true;
    this.#code ??= 1006;
    this.#events.onClose(this.#code);
  }

  #pingLater(): void {
    this.#setTimer(PING_MS, () => {
      if (this.#showedLife()) this.#unanswered = 0;
      else if (++this.#unanswered >= PINGS_UNANSWERED) return void this.#socket.destroy();
      this.#send(OPCODE.ping, EMPTY);
      this.#pingLater();
    });
  }

  /** Something came, or something of what waited was taken: on a slow line the answer to a ping waits behind that. */
  #showedLife(): boolean {
    const taken = this.#sent - this.bufferedAmount;
    const life = this.#received || (this.bufferedAmount > 0 && taken > this.#taken);
    this.#received = false;
    this.#taken = taken;
    return life;
  }

  #setTimer(ms: number, callback: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(ms, callback);
  }
}

function closeFrame(code?: number, reason = ""): Buffer {
  const payload = code === undefined ? EMPTY : closePayload(code, reason);
  return Buffer.concat([frameHeader(OPCODE.close, payload.length), payload]);
}
