import { createBackoff } from "../../backoff.ts";
import type { ServerMessage } from "./protocol.ts";

export type SocketState =
  | { readonly kind: "connecting" | "open" }
  /** For the next try; `long` when it has failed for so long that the page may be somewhere else by now. */
  | { readonly kind: "waiting"; readonly long: boolean }
  /** For good: the session has ended, or the server refuses. */
  | { readonly kind: "closed"; readonly code: number; readonly message: string | undefined };

export interface LiveSocket {
  /** @returns whether it has been handed to an open connection */
  send(data: string | Uint8Array<ArrayBuffer>): boolean;
  /** Does not wait any longer for the next try. */
  now(): void;
  /** Drops the connection and makes a new one when `after` has come. */
  again(after: Promise<void>): void;
  close(): void;
}

const PROTOCOL = "nanogent.1";
const FINAL = new Set([1000, 4401, 4403, 4404]);
const TOO_MANY = 4429;
/** Somebody waits for it. */
const LONGEST_WAIT_MS = 5_000;
/** A connection that does not come about: the way to it may have been there only in part. */
const CONNECT_MS = 10_000;
const LONG_MS = 30_000;

/** Holds a connection: after a cut it is made again, at once and then with longer and longer waits. */
export function liveSocket(options: {
  /** The first frame, which says who one is and what one wants. */
  readonly hello: () => object;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onState: (state: SocketState) => void;
}): LiveSocket {
  const backoff = createBackoff();
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let finished = false;
  let refusal: string | undefined;
  let lostAt: number | undefined;
  let deadline: ReturnType<typeof setTimeout> | undefined;

  const wait = (): void => {
    lostAt ??= Date.now();
    options.onState({ kind: "waiting", long: Date.now() - lostAt > LONG_MS });
  };
  const connect = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (finished || socket !== undefined) return;
    if (lostAt === undefined) options.onState({ kind: "connecting" });
    else wait();
    const mine = new WebSocket(`${location.origin.replace(/^http/, "ws")}/v1/socket`, PROTOCOL);
    mine.binaryType = "arraybuffer";
    socket = mine;
    clearTimeout(deadline);
    deadline = setTimeout(() => {
      if (socket === mine && mine.readyState === WebSocket.CONNECTING) offline();
    }, CONNECT_MS);
    mine.onopen = () => mine.send(JSON.stringify(options.hello()));
    mine.onmessage = ({ data }) => {
      // What an abandoned connection still delivers comes again on the next one.
      if (socket !== mine) return;
      if (typeof data === "string") receive(JSON.parse(data) as ServerMessage);
      else options.onBytes(new Uint8Array(data as ArrayBuffer));
    };
    mine.onclose = ({ code }) => {
      if (socket === mine) lost(code);
    };
  };
  const receive = (message: ServerMessage): void => {
    if (message.type === "error") refusal = message.message;
    else {
      if (backoff.failures > 0) backoff.reset();
      lostAt = undefined;
      options.onState({ kind: "open" });
    }
    options.onMessage(message);
  };
  const lost = (code: number): void => {
    socket = undefined;
    if (FINAL.has(code)) {
      finished = true;
      options.onState({ kind: "closed", code, message: refusal });
      return;
    }
    wait();
    const first = backoff.failures === 0;
    const next = backoff.next(LONGEST_WAIT_MS);
    timer = setTimeout(connect, code === TOO_MANY ? 10_000 : first ? 100 : next);
  };
  const abandon = (): void => {
    const old = socket;
    socket = undefined;
    old?.close();
  };
  const now = (): void => {
    // A try that hangs on a way which is gone is no try.
    if (lostAt !== undefined && socket?.readyState === WebSocket.CONNECTING) abandon();
    else if (timer === undefined) return;
    connect();
  };
  const wake = (): void => {
    if (document.visibilityState === "visible") now();
  };
  const offline = (): void => {
    if (socket === undefined) return;
    abandon();
    lost(1006);
  };
  window.addEventListener("online", wake);
  window.addEventListener("offline", offline);
  document.addEventListener("visibilitychange", wake);
  connect();
  return {
    send(data) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(data);
      return true;
    },
    now,
    again(after) {
      abandon();
      wait();
      void after.then(connect);
    },
    close() {
      finished = true;
      clearTimeout(timer);
      clearTimeout(deadline);
      abandon();
      window.removeEventListener("online", wake);
      window.removeEventListener("offline", offline);
      document.removeEventListener("visibilitychange", wake);
    },
  };
}
