import { asNumber, asObject, asText, type JsonObject } from "../agents/json.ts";
import { BridgeSocket } from "../control/bridge-socket.ts";
import { bridgeOf, type FoundBridge } from "../control/find-bridge.ts";
import { clean } from "../text/clean.ts";
import { findDetachKey, readDetachKey } from "./detach-key.ts";
import { isOwnSession } from "./own-session.ts";
import { pickSession } from "./pick-session.ts";
import { QueryFilter } from "./query-filter.ts";
import { RawTerminal } from "./raw-terminal.ts";
import { type SessionRow, sessionsOf } from "./sessions.ts";
import { EXIT, type Surroundings, type VerbCall } from "./verb.ts";
import { withBridge } from "./with-bridge.ts";

/** `nanogent attach [KEY]`: gives this terminal to one of the bridge's. */
export function attach({ words: [key], flags, values, around }: VerbCall): Promise<number> {
  return withBridge(around, async () => {
    const leave = readDetachKey(values.get("--detach") ?? "C-\\");
    if (leave === undefined)
      return refuse(around, "The key to leave by is one with Ctrl, such as --detach C-a.");
    if (!around.stdin.isTTY || !around.stdout.isTTY)
      return refuse(around, "nanogent attach needs a terminal. What one shows: nanogent list");
    const bridge = bridgeOf(around.folder, around.env);
    const row = await pickSession(await sessionsOf(bridge.client), key, around);
    if (!row) return EXIT.usage;
    if (isOwnSession(bridge, row.id, around.env))
      return refuse(around, `This is ${row.id} itself: it would show itself without end.`);
    return new Attached({ around, bridge, row, leave, read: flags.has("--read") }).done();
  });
}

function refuse({ stderr }: Surroundings, words: string): number {
  stderr.write(`${words}\n`);
  return EXIT.usage;
}

interface AttachedOptions {
  readonly around: Surroundings;
  readonly bridge: FoundBridge;
  readonly row: SessionRow;
  /** The key to leave by; see `readDetachKey`. */
  readonly leave: number;
  /** Only looks. */
  readonly read: boolean;
}

/** Why it is over: in words for the person, and as an exit code. */
interface Ending {
  readonly words: string;
  readonly code: number;
}

const SIGNALS = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;
const CTRL_C = 3;

/** One look at a terminal, from its beginning to its end. */
class Attached {
  readonly #options: AttachedOptions;
  readonly #terminal: RawTerminal;
  #filter = new QueryFilter();
  #socket: BridgeSocket | undefined;
  /** The next bytes are a picture of all that is on the screen. */
  #expectsPicture = false;
  #end: (ending: Ending) => void = () => {};
  readonly #ended = new Promise<Ending>((resolve) => {
    this.#end = resolve;
  });

  constructor(options: AttachedOptions) {
    this.#options = options;
    this.#terminal = new RawTerminal(options.around);
  }

  /** @returns the exit code. @throws BridgeError when it cannot begin. */
  async done(): Promise<number> {
    const { around, bridge, row, read } = this.#options;
    const { stdin, stdout } = around;
    const id = row.name === row.id ? row.id : `${row.id} (${row.name})`;
    this.#socket = await BridgeSocket.open(bridge.client.socket, {
      onText: (text) => this.#hear(text),
      onBinary: (bytes) => this.#show(bytes),
      onClose: () => this.#end({ words: "cut off, the bridge has ended", code: EXIT.noBridge }),
    });
    const onSignal = (signal: keyof typeof SIGNALS) => (): void =>
      this.#end({ words: "left", code: SIGNALS[signal] });
    const signals = (Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]).map(
      (name) => [name, onSignal(name)] as const,
    );
    for (const [name, listener] of signals) process.on(name, listener);
    try {
      this.#terminal.give();
      const size = this.#terminal.size;
      this.#socket.say({ type: "attach", session: row.id, ...size, ...(read ? { read: true } : {}) });
      stdin.on("data", this.#type);
      stdin.on("end", this.#onInputEnd);
      // The question which one has stopped it.
      stdin.resume();
      stdout.on("resize", this.#resize);
      const { words, code } = await this.#ended;
      this.#terminal.takeBack();
      stdout.write(`[${clean(`${id}: ${words}`)}]\r\n`);
      return code;
    } finally {
      this.#terminal.takeBack();
      stdin.off("data", this.#type).off("end", this.#onInputEnd);
      stdin.pause();
      stdout.off("resize", this.#resize);
      this.#socket.close();
      for (const [name, listener] of signals) process.off(name, listener);
    }
  }

  readonly #onInputEnd = (): void => this.#end({ words: "left", code: EXIT.done });

  readonly #type = (typed: Buffer): void => {
    const { leave, read, around } = this.#options;
    const at = findDetachKey(typed, leave);
    const keys = at < 0 ? typed : typed.subarray(0, at);
    const isOver = at >= 0 || (read && typed.includes(CTRL_C));
    if (!read && keys.length > 0 && this.#socket?.sendBinary(keys) === false) {
      around.stdin.pause();
      this.#socket.onceDrained(() => around.stdin.resume());
    }
    if (isOver) this.#end({ words: "left, and goes on. Back to it: nanogent attach", code: EXIT.done });
  };

  readonly #resize = (): void => this.#socket?.say({ type: "resize", ...this.#terminal.size });

  #hear(text: string): void {
    const message = asObject(JSON.parse(text));
    if (message.type === "snapshot") this.#expectsPicture = true;
    else if (message.type === "ended") this.#end({ words: endWords(message), code: EXIT.done });
    else if (message.type === "error") this.#end(errorEnding(message));
  }

  #show(bytes: Buffer): void {
    if (this.#expectsPicture) {
      this.#filter = new QueryFilter();
      this.#terminal.empty();
      this.#expectsPicture = false;
    }
    this.#terminal.write(this.#filter.push(bytes));
  }
}

function endWords(exit: JsonObject): string {
  const code = asNumber(exit.code);
  const how = code === undefined ? "ended" : `ended with exit code ${code}`;
  const reason = asText(exit.reason);
  return reason === undefined ? how : `${how}. ${reason}`;
}

function errorEnding({ code, message }: JsonObject): Ending {
  const isGone = code === "no-session";
  return { words: asText(message) ?? "refused", code: isGone ? EXIT.notFound : EXIT.failed };
}
