import { type LiveSocket, liveSocket, type SocketState } from "./live-socket.ts";
import type { Ended, Role } from "./protocol.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Where the output goes. All calls are in the order of the output. */
export interface Display {
  /** Empties itself, takes that size, and shows what comes next. */
  reset(size: Size): void;
  resize(size: Size): void;
  write(bytes: Uint8Array): void;
  /** Bytes given to it that it has not shown yet. */
  readonly pending: number;
  /** Resolves when all is shown that was given so far. */
  shown(): Promise<void>;
}

/** One session, watched and typed into, over as many connections as it takes. */
export interface Attachment {
  /** @returns whether it went out. What does not go out is not kept: nobody wants it typed a minute later. */
  type(text: string): boolean;
  resize(size: Size): void;
  /** Does not wait any longer for the next connection. */
  now(): void;
  close(): void;
}

// What this device has not drawn yet. Beyond that, it takes a snapshot later rather than show all that went by.
const MOST_PENDING = 4 * 1024 * 1024;

export function attach(options: {
  readonly session: string;
  readonly token: () => string;
  readonly size: () => Size;
  readonly display: Display;
  readonly onState: (state: SocketState) => void;
  readonly onRole: (role: Role) => void;
  readonly onViewers: (count: number) => void;
  readonly onEnded: (ended: Ended) => void;
}): Attachment {
  const { session, display } = options;
  const encoder = new TextEncoder();
  let position: number | undefined;
  let attached = false;
  // A size that came while the connection was being made.
  let untold: Size | undefined;
  // Where the snapshot stands that comes next. Until it is here, nothing is shown that output could follow.
  let snapshotAt: number | undefined;
  const socket: LiveSocket = liveSocket({
    hello: () => {
      attached = false;
      snapshotAt = undefined;
      untold = undefined;
      const from = position === undefined ? {} : { from: position };
      return { type: "attach", token: options.token(), session, ...from, ...options.size() };
    },
    onMessage(message) {
      switch (message.type) {
        case "attached":
          attached = true;
          options.onRole(message.role);
          options.onViewers(message.viewers);
          display.resize(message);
          if (untold !== undefined) self.resize(untold);
          return;
        case "snapshot":
          position = undefined;
          snapshotAt = message.position;
          display.reset(message);
          return;
        case "size":
          display.resize(message);
          return;
        case "viewers":
          options.onViewers(message.count);
          return;
        case "ended":
          options.onEnded(message);
          return;
      }
    },
    onBytes(bytes) {
      display.write(bytes);
      if (snapshotAt !== undefined) {
        position = snapshotAt;
        snapshotAt = undefined;
      } else if (position !== undefined) position += bytes.length;
      if (display.pending < MOST_PENDING) return;
      position = undefined;
      socket.again(display.shown());
    },
    onState(state) {
      if (state.kind !== "open") attached = false;
      options.onState(state);
    },
  });
  const self: Attachment = {
    type: (text) => attached && socket.send(encoder.encode(text)),
    resize(size) {
      untold = attached ? undefined : size;
      if (attached) socket.send(JSON.stringify({ type: "resize", ...size }));
    },
    now: () => socket.now(),
    close: () => socket.close(),
  };
  return self;
}
