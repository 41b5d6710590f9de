import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { movedConversation } from "../chat/messenger.ts";

/** What is known of the files around one turn of an agent. */
export interface KnownTurn {
  /** The job's, or one of its own for an undo, which can be undone too. */
  readonly id: string;
  readonly conversation: string;
  /** The first words of its prompt; of an undo, what it has undone. */
  readonly title: string;
  /** The tree of git with all files as they were, and as the turn has left them. */
  readonly before?: string;
  readonly after?: string;
  /** Why it cannot be undone. Fit for the chat. */
  readonly fault?: string;
}

const UNDO = "undo-";

/** The id of an undo, which is a turn of its own kind. */
export function undoId(): string {
  return UNDO + randomBytes(4).toString("hex");
}

export function isUndo({ id }: Pick<KnownTurn, "id">): boolean {
  return id.startsWith(UNDO);
}

/** What a turn is called in a sentence. */
export function turnName({ id, title }: Pick<KnownTurn, "id" | "title">): string {
  return isUndo({ id }) ? title : `“${title}”`;
}

const MOST_TURNS = 20;
const CUT_OFF =
  "The bridge went down during the last turn, so nobody knows which changes are its own. /diff shows what has changed.";

/** The latest turns, in a file, so that they outlive the bridge. */
export class Turns {
  readonly #folder: string;
  #turns: readonly KnownTurn[];

  /**
   * Makes the folder anew when its file is not as nanogent makes it: a repository may have brought it along, with
   * settings for git.
   * @throws the file system's error.
   */
  constructor(folder: string) {
    this.#folder = folder;
    const known = read(join(folder, "turns.json"));
    this.#turns = (known ?? []).map((turn) =>
      turn.after === undefined && turn.fault === undefined ? { ...turn, fault: CUT_OFF } : turn,
    );
    if (known) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#save();
  }

  /** Oldest first. */
  get all(): readonly KnownTurn[] {
    return this.#turns;
  }

  /** The latest one in a conversation. */
  last(conversation: string): KnownTurn | undefined {
    return this.#turns.findLast((turn) => turn.conversation === conversation);
  }

  /** Writes down what is known of a turn, in place of what was. @throws the file system's error. */
  put(turn: KnownTurn): void {
    const known = this.#turns.some(({ id }) => id === turn.id);
    this.#turns = known
      ? this.#turns.map((each) => (each.id === turn.id ? turn : each))
      : [...this.#turns, turn].slice(-MOST_TURNS);
    this.#save();
  }

  /** A chat has another id from now on. @throws the file system's error. */
  moveChat(from: number, to: number): void {
    this.#turns = this.#turns.map((turn) => {
      const conversation = movedConversation(turn.conversation, from, to);
      return conversation === undefined ? turn : { ...turn, conversation };
    });
    this.#save();
  }

  /** @throws the file system's error. */
  remove(id: string): void {
    this.#turns = this.#turns.filter((turn) => turn.id !== id);
    this.#save();
  }

  #save(): void {
    const path = join(this.#folder, "turns.json");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    rmSync(`${path}.new`, { force: true });
    writeFileSync(`${path}.new`, JSON.stringify(this.#turns), { mode: 0o600, flag: "wx" });
    renameSync(`${path}.new`, path);
  }
}

/** Undefined when it is not there, or not ours. */
function read(path: string): readonly KnownTurn[] | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  const open = process.platform !== "win32" && ((found?.mode ?? 0) & 0o077) !== 0;
  if (!found?.isFile() || open) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(value) && value.every(isTurn) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isTurn(value: unknown): value is KnownTurn {
  if (typeof value !== "object" || value === null) return false;
  const { id, conversation, title, before, after, fault } = value as Readonly<Record<string, unknown>>;
  // They become arguments of git.
  const isTree = (tree: unknown): boolean => tree === undefined || /^[0-9a-f]{40,64}$/.test(String(tree));
  return (
    [id, conversation, title].every((text) => typeof text === "string") &&
    [before, after].every(isTree) &&
    (fault === undefined || typeof fault === "string")
  );
}
