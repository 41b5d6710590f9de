import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Attachment } from "./attachment.ts";
import { readFirst, readResize } from "./client-message.ts";
import { handshakeAnswer } from "./handshake.ts";
import { ListFeed } from "./list-feed.ts";
import type { WebNeeds } from "./needs.ts";
import { roomOf } from "./room.ts";
import type { Grant } from "./tokens.ts";
import { WebSocket } from "./websocket.ts";

/** Of those who are let in. */
const MOST_SOCKETS = 64;
/** How long a socket may stay without saying whose it is. */
const FIRST_FRAME_MS = 5_000;
/** Whoever may not be here any more gets nothing more, whether he closes his end or not. */
const CUT_MS = 300;

/** Why a socket is closed, by code and for people. */
interface Refusal {
  readonly close: number;
  readonly code: string;
  readonly message: string;
}

const REFUSALS = {
  badRequest: { close: 1008, code: "bad-request", message: "This is not how a socket begins." },
  noToken: { close: 4401, code: "no-token", message: "Nobody said whose this is." },
  badToken: { close: 4401, code: "bad-token", message: "This token is not valid (any more)." },
  ended: { close: 4401, code: "token-ended", message: "You are not let in any more." },
  noSession: { close: 4404, code: "no-session", message: "There is no such terminal." },
  tooMany: { close: 4429, code: "too-many-connections", message: "You have too many pages open." },
} as const satisfies Record<string, Refusal>;

/** One socket, from its handshake to its end. */
interface Client {
  readonly socket: WebSocket;
  readonly cancelDeadline: () => void;
  grant?: Grant;
  attachment?: Attachment;
  stopList?: () => void;
}

export interface SocketsOptions {
  readonly needs: WebNeeds;
  /** Says who comes with this token; undefined for nobody. */
  readonly admit: (token: string, request: IncomingMessage) => Grant | undefined;
  /** How many one visitor may have. */
  readonly mostPerVisitor: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** All web sockets of one door: the page, or the control socket. */
export class Sockets {
  readonly #options: SocketsOptions;
  readonly #clients = new Set<Client>();
  readonly #list: ListFeed;
  readonly #stopCounting: () => void;

  constructor(options: SocketsOptions) {
    this.#options = options;
    this.#list = new ListFeed(options.needs, options.clock);
    // Others look as well: the chat, the command line.
    this.#stopCounting = options.needs.sessions.onChange(() => {
      for (const { attachment } of this.#clients) attachment?.room.count();
    });
  }

  /**
   * Takes over a connection whose `Origin` and `Host` have been checked.
   * @throws HttpError when it is refused; nothing has been written then.
   */
  accept(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    connection.write(handshakeAnswer(request));
    const { clock } = this.#options;
    // Attached before anything is waited for: the first keys often come together with the request.
    const socket: WebSocket = new WebSocket(connection, head, clock, {
      onText: (text) => this.#hear(client, text, request),
      onBinary: (bytes) => client.attachment?.type(bytes),
      onDrain: () => client.attachment?.drained(),
      onClose: () => this.#forget(client),
    });
    const cancelDeadline = clock.after(FIRST_FRAME_MS, () => this.#refuse(client, REFUSALS.noToken));
    const client: Client = { socket, cancelDeadline };
    this.#clients.add(client);
  }

  /** Cuts those who may not be here any more, and keeps the tokens of the others alive. */
  sweep(): void {
    for (const client of this.#clients) {
      if (client.grant && !client.grant.use()) this.#refuse(client, REFUSALS.ended);
    }
  }

  get count(): number {
    return this.#clients.size;
  }

  stop(): void {
    this.#stopCounting();
    for (const client of this.#clients) {
      this.#leave(client);
      client.socket.close(1001, "nanogent stops", CUT_MS);
    }
  }

  #hear(client: Client, text: string, request: IncomingMessage): void {
    const { attachment } = client;
    if (attachment) {
      const resize = readResize(text);
      if (resize) attachment.resize(resize.columns, resize.rows);
      return;
    }
    // Who looks at the list has nothing more to say.
    if (client.grant) return;
    client.cancelDeadline();
    const refusal = this.#begin(client, text, request);
    if (refusal) this.#refuse(client, refusal);
  }

  /** @returns why it does not begin. */
  #begin(client: Client, text: string, request: IncomingMessage): Refusal | undefined {
    const { needs, admit, clock, log } = this.#options;
    const first = readFirst(text);
    if (!first) return REFUSALS.badRequest;
    const grant = admit(first.token, request);
    if (!grant) return REFUSALS.badToken;
    if (this.#isFull(grant)) return REFUSALS.tooMany;
    const session = first.type === "attach" ? needs.sessions.get(first.session) : undefined;
    if (first.type === "attach" && !session) return REFUSALS.noSession;
    client.grant = grant;
    const { socket } = client;
    if (first.type === "list" || !session) {
      client.stopList = this.#list.watch((list) => this.#sendList(client, list));
      return undefined;
    }
    const { use } = grant;
    const role = first.type === "attach" && first.read ? () => use() && ("reader" as const) : use;
    client.attachment = new Attachment({
      ...{ session, room: roomOf(session), socket, request: first, role, clock, log },
    });
    return undefined;
  }

  #sendList({ socket }: Client, list: string): boolean {
    if (socket.bufferedAmount > 0) return false;
    socket.sendText(list);
    return true;
  }

  #isFull({ visitor }: Grant): boolean {
    const granted = [...this.#clients].flatMap(({ grant }) => grant ?? []);
    const same = granted.filter((other) => other.visitor.userId === visitor.userId);
    return same.length >= this.#options.mostPerVisitor || granted.length >= MOST_SOCKETS;
  }

  #refuse(client: Client, { close, code, message }: Refusal): void {
    this.#leave(client);
    client.socket.sendText(JSON.stringify({ type: "error", code, message }));
    client.socket.close(close, code, CUT_MS);
  }

  #forget(client: Client): void {
    this.#clients.delete(client);
    this.#leave(client);
  }

  #leave(client: Client): void {
    client.cancelDeadline();
    client.stopList?.();
    client.attachment?.detach();
  }
}
