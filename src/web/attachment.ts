import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { PtyExit } from "../terminal/pty.ts";
import type { TerminalSession, Viewer } from "../terminal/session.ts";
import type { AttachRequest } from "./client-message.ts";
import { mayWrite, type WebRole } from "./roles.ts";
import type { Member, Room } from "./room.ts";
import { exitView } from "./session-list.ts";
import type { WebSocket } from "./websocket.ts";

/** A viewer who has more than this unsent gets no more, but a picture of the screen when he has caught up. */
const MOST_UNSENT = 256 * 1024;
/** Who types more than the program takes has to wait. */
const MOST_UNTYPED = 1024 * 1024;
/** A program may write faster than pictures of its screen are made. */
const SNAPSHOT_PACE_MS = 250;

export interface AttachmentOptions {
  readonly session: TerminalSession;
  readonly room: Room;
  readonly socket: WebSocket;
  readonly request: AttachRequest;
  /** What he may do now; undefined when he may not be here any more. */
  readonly role: () => WebRole | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** One viewer of a session. It keeps no output itself: what he has missed is asked of the session again. */
export class Attachment implements Viewer, Member {
  readonly #options: AttachmentOptions;
  readonly #unwatch: () => void;
  columns: number;
  rows: number;
  /** How far his screen is, in bytes of output. */
  #position: number;
  /** Output goes to him as it comes. */
  #live = false;
  #catchingUp = false;
  #cancelPause: () => void = () => {};
  #told = { columns: 0, rows: 0 };
  #exit: PtyExit | undefined;
  #detached = false;
  #untyped = 0;

  constructor(options: AttachmentOptions) {
    this.#options = options;
    const { session, room, socket, request } = options;
    ({ columns: this.columns, rows: this.rows } = request);
    this.#exit = session.exit;
    this.#unwatch = session.watch(this);
    // The others are told; the newcomer is told below.
    room.count();
    room.join(this);
    const honoured = request.from !== undefined && this.#missedSince(request.from) !== undefined;
    this.#position = honoured ? (request.from ?? 0) : -1;
    const position = honoured ? this.#position : session.position;
    const { id, columns, rows, viewers } = session;
    this.#told = { columns, rows };
    const role = options.role() ?? "reader";
    socket.sendText(
      JSON.stringify({ type: "attached", session: id, position, columns, rows, role, viewers }),
    );
    void this.#catchUp();
  }

  get room(): Room {
    return this.#options.room;
  }

  mayType(): boolean {
    const role = this.#options.role();
    return role !== undefined && mayWrite(role);
  }

  told(message: object): void {
    // One who does not keep up must not gather these either.
    if (this.#options.socket.bufferedAmount <= MOST_UNSENT)
      this.#options.socket.sendText(JSON.stringify(message));
  }

  /** The keys that he pressed. */
  type(bytes: Buffer): void {
    const { session, room, socket } = this.#options;
    if (!this.mayType() || session.exit || bytes.length === 0) return;
    room.typed(this);
    this.#untyped += bytes.length;
    if (this.#untyped > MOST_UNTYPED) socket.pause();
    const done = (): void => {
      this.#untyped -= bytes.length;
      if (this.#untyped <= MOST_UNTYPED) socket.resume();
    };
    // A program that has ended takes no more, and its end is told anyway.
    session.write(bytes).then(done, done);
  }

  /** His screen holds so much from now on. */
  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    if (this.mayType()) this.#options.room.resized(this);
  }

  output(chunk: Buffer): void {
    if (!this.#live) return;
    if (this.#options.socket.bufferedAmount > MOST_UNSENT) this.#live = false;
    else this.#send(chunk);
  }

  resized(): void {
    if (this.#live) this.#tellSize();
  }

  ended(exit: PtyExit): void {
    this.#exit = exit;
    if (this.#live) this.#sayEnd();
  }

  /** All that was sent to him is out. */
  drained(): void {
    if (!this.#live) void this.#catchUp();
  }

  /** He is gone, or has to go. */
  detach(): void {
    if (this.#detached) return;
    this.#detached = true;
    this.#live = false;
    this.#cancelPause();
    this.#unwatch();
    const { room } = this.#options;
    room.leave(this);
    room.count();
  }

  async #catchUp(): Promise<void> {
    if (this.#catchingUp || this.#detached) return;
    this.#catchingUp = true;
    try {
      if (!this.#goLive()) await this.#sendSnapshot();
    } catch (error) {
      this.#options.log.warn("no picture of a terminal", { session: this.#options.session.id, error });
      this.#options.socket.close(1011, "the screen cannot be shown");
    } finally {
      this.#catchingUp = false;
    }
  }

  async #sendSnapshot(): Promise<void> {
    const { session, socket, clock } = this.#options;
    const { bytes, position, columns, rows } = await session.snapshot();
    if (this.#detached) return;
    socket.sendText(JSON.stringify({ type: "snapshot", position, columns, rows }));
    socket.sendBinary(bytes);
    this.#position = position;
    this.#told = { columns, rows };
    // A large one has to be out first: that is told by `drained`.
    if (socket.bufferedAmount > MOST_UNSENT || this.#goLive()) return;
    this.#cancelPause = clock.after(SNAPSHOT_PACE_MS, () => void this.#catchUp());
  }

  /** @returns whether the session still remembers what he has missed. */
  #goLive(): boolean {
    const missed = this.#missedSince(this.#position);
    if (missed === undefined) return false;
    if (missed.length > 0) this.#send(missed);
    this.#live = true;
    this.#tellSize();
    if (this.#exit) this.#sayEnd();
    return true;
  }

  #missedSince(position: number): Buffer | undefined {
    const { session } = this.#options;
    return position >= 0 && position <= session.position ? session.since(position) : undefined;
  }

  #send(bytes: Buffer): void {
    this.#position += bytes.length;
    this.#options.socket.sendBinary(bytes);
  }

  #tellSize(): void {
    const { columns, rows } = this.#options.session;
    if (columns === this.#told.columns && rows === this.#told.rows) return;
    // What is drawn for another size would be garbled: one who does not keep up gets it when he has caught up.
    if (this.#options.socket.bufferedAmount > MOST_UNSENT) {
      this.#live = false;
      return;
    }
    this.#told = { columns, rows };
    this.told({ type: "size", columns, rows });
  }

  #sayEnd(): void {
    if (!this.#exit) return;
    this.#options.socket.sendText(JSON.stringify({ type: "ended", ...exitView(this.#exit) }));
    this.#options.socket.close(1000);
  }
}
