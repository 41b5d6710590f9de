import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { Attachment } from "./attachment.ts";
import { readFirst, readResize } from "./client-message.ts";
import { handshakeAnswer } from "./handshake.ts";
import { ListFeed } from "./list-feed.ts";
import type { WebNeeds } from "./needs.ts";
import { Room } from "./room.ts";
import type { Strangers } from "./strangers.ts";
import type { Grant, Tokens } from "./tokens.ts";
import type { Tries } from "./tries.ts";
import { WebSocket } from "./websocket.ts";

/** Of those who are let in. */
const MOST_SOCKETS = 64;
const MOST_PER_USER = 12;
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
  /** It is known whose it is. */
  readonly known: () => void;
  grant?: Grant;
  attachment?: Attachment;
  stopList?: () => void;
}

export interface SocketsOptions {
  readonly needs: WebNeeds;
  readonly tokens: Tokens;
  readonly tries: Tries;
  readonly strangers: Strangers;
  readonly clock: Clock;
  readonly log: Log;
}

/** All web sockets of the page. */
export class Sockets {
  readonly #options: SocketsOptions;
  readonly #clients = new Set<Client>();
  readonly #rooms = new Map<string, Room>();
  readonly #list: ListFeed;
  readonly #stopCounting: () => void;

  constructor(options: SocketsOptions) {
    this.#options = options;
    this.#list = new ListFeed(options.needs, options.clock);
    // Others look as well: the chat, the command line.
    this.#stopCounting = options.needs.sessions.onChange(() => {
      for (const room of this.#rooms.values()) room.count();
    });
  }

  /**
   * Takes over a connection whose `Origin` and `Host` have been checked.
   * @throws HttpError when it is refused; nothing has been written then.
   */
  accept(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    connection.write(handshakeAnswer(request));
    const { clock, tries, strangers } = this.#options;
    // Attached before anything is waited for: the first keys often come together with the request.
    const socket: WebSocket = new WebSocket(connection, head, clock, {
      onText: (text) => this.#hear(client, text, () => tries.fail(request)),
      onBinary: (bytes) => client.attachment?.type(bytes),
      onDrain: () => client.attachment?.drained(),
      onClose: () => this.#forget(client),
    });
    const cancelDeadline = clock.after(FIRST_FRAME_MS, () => this.#refuse(client, REFUSALS.noToken));
    const known = (): void => strangers.remove(request.socket);
    const client: Client = { socket, cancelDeadline, known };
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

  #hear(client: Client, text: string, failed: () => void): void {
    const { attachment } = client;
    if (attachment) {
      const resize = readResize(text);
      if (resize) attachment.resize(resize.columns, resize.rows);
      return;
    }
    // Who looks at the list has nothing more to say.
    if (client.grant) return;
    client.cancelDeadline();
    const refusal = this.#begin(client, text, failed);
    if (refusal) this.#refuse(client, refusal);
  }

  /** @returns why it does not begin. */
  #begin(client: Client, text: string, failed: () => void): Refusal | undefined {
    const { needs, tokens, clock, log } = this.#options;
    const first = readFirst(text);
    if (!first) return REFUSALS.badRequest;
    const grant = tokens.find(first.token);
    if (!grant) {
      failed();
      return REFUSALS.badToken;
    }
    if (this.#isFull(grant)) return REFUSALS.tooMany;
    const session = first.type === "attach" ? needs.sessions.get(first.session) : undefined;
    if (first.type === "attach" && !session) return REFUSALS.noSession;
    client.grant = grant;
    client.known();
    const { socket } = client;
    if (first.type === "list" || !session) {
      client.stopList = this.#list.watch((list) => this.#sendList(client, list));
      return undefined;
    }
    const room = this.#rooms.get(session.id) ?? new Room(session);
    this.#rooms.set(session.id, room);
    client.attachment = new Attachment({
      ...{ session, room, socket, request: first, role: grant.use, clock, log },
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
    return same.length >= MOST_PER_USER || granted.length >= MOST_SOCKETS;
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
    for (const [id, room] of this.#rooms) if (room.isEmpty) this.#rooms.delete(id);
  }
}
