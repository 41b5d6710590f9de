import type { Socket } from "node:net";

/** So many may have their connections at the same time before anybody has to go. */
const MOST = 96;
const UNKNOWN = "";

/**
 * The connections of those who have not said who they are. They may fill their own places and no others: when there are
 * too many, the oldest of whoever has the most is cut, and so nobody can keep the others out.
 */
export class Strangers {
  /** Whose each one is, as far as that is known; the oldest first. */
  readonly #origins = new Map<Socket, string>();

  /** A connection has come, or its owner's request is done: over one of a tunnel the next one may be anybody's. */
  add(connection: Socket): void {
    if (connection.destroyed) return;
    this.#origins.set(connection, UNKNOWN);
    if (this.#origins.size > MOST) this.#oldestOfMost()?.destroy();
  }

  /** It asks for something now. */
  note(connection: Socket, origin: string): void {
    if (this.#origins.has(connection)) this.#origins.set(connection, origin);
  }

  /** It is known whose it is, or it is closed. */
  remove(connection: Socket): void {
    this.#origins.delete(connection);
  }

  #oldestOfMost(): Socket | undefined {
    const counts = new Map<string, number>();
    for (const origin of this.#origins.values()) counts.set(origin, (counts.get(origin) ?? 0) + 1);
    const most = Math.max(...counts.values());
    const oldest = [...this.#origins].find(([, origin]) => counts.get(origin) === most)?.[0];
    if (oldest) this.#origins.delete(oldest);
    return oldest;
  }
}
