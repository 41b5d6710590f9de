import type { TerminalSession } from "../terminal/session.ts";

/** A viewer as the others in the room know him. */
export interface Member {
  /** What his screen holds. */
  readonly columns: number;
  readonly rows: number;
  mayType(): boolean;
  told(message: object): void;
}

const rooms = new WeakMap<TerminalSession, Room>();

/** The one room of a session, by whichever door somebody comes in. */
export function roomOf(session: TerminalSession): Room {
  const room = rooms.get(session) ?? new Room(session);
  rooms.set(session, room);
  return room;
}

/** Who looks at one session through the page or the command line. Its size follows whoever types. */
export class Room {
  readonly #session: TerminalSession;
  /** Those who typed last stand last. */
  readonly #members = new Set<Member>();
  #typist: Member | undefined;
  #count = -1;

  constructor(session: TerminalSession) {
    this.#session = session;
  }

  /** The first one who may type sets the size; whoever comes later has to type for it. */
  join(member: Member): void {
    this.#members.add(member);
    if (!this.#typist && member.mayType()) this.#follow(member);
  }

  leave(member: Member): void {
    this.#members.delete(member);
    if (this.#typist !== member) return;
    this.#typist = undefined;
    const next = [...this.#members].findLast((other) => other.mayType());
    if (next) this.#follow(next);
  }

  typed(member: Member): void {
    this.#members.delete(member);
    this.#members.add(member);
    if (this.#typist !== member) this.#follow(member);
  }

  /** Has an effect when it is the one whom the size follows: two screens must not fight for it. */
  resized(member: Member): void {
    if (this.#typist === undefined || this.#typist === member) this.#follow(member);
  }

  /** Tells everybody how many there are, if that has changed. */
  count(): void {
    const count = this.#session.viewers;
    if (count === this.#count) return;
    this.#count = count;
    for (const member of this.#members) member.told({ type: "viewers", count });
  }

  #follow(member: Member): void {
    this.#typist = member;
    const { columns, rows } = member;
    if (this.#session.exit || (columns === this.#session.columns && rows === this.#session.rows)) return;
    void this.#session.resize(columns, rows);
  }
}
