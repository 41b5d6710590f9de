import type { Duplex } from "node:stream";
import type { Pty, PtyExit, PtyRequest } from "../pty.ts";
import type { KnownContainer } from "./container-fate.ts";
import type { Engine } from "./engine-api.ts";
import { execTerminal } from "./exec-terminal.ts";
import { hijackedPty } from "./hijacked-pty.ts";
import { ownContainerTerminal } from "./own-container.ts";

/** A program in a container that runs already. */
export interface ExecNote {
  /** The engine's id of the program. */
  readonly exec: string;
  readonly container: KnownContainer;
  /** Of all that it starts. */
  readonly mark: string;
}

/** A container of the terminal's own, by its id. */
export interface OwnContainerNote {
  readonly own: string;
}

/** What has been made in the engine for a terminal, and waits for its start. Holds no secrets. */
export type ContainerNote = ExecNote | OwnContainerNote;

/** The same, for whoever starts or ends it: the bridge, a later one, or the program in between. */
export interface ContainerTerminal {
  /** In the engine's API: `/exec/ID` or `/containers/ID`. */
  readonly path: string;
  /** @returns the terminal's bytes, both ways. @throws as `Engine.hijack`. */
  start(size: TerminalSize): Promise<Duplex>;
  /** Asked once the connection is closed. Never rejects. */
  howItEnded(): Promise<PtyExit>;
  /** Ends what runs there. False when something may be left. May reject. */
  end(): Promise<boolean>;
}

export type TerminalSize = Pick<PtyRequest, "columns" | "rows">;

export function containerTerminal(engine: Engine, note: ContainerNote): ContainerTerminal {
  return "own" in note ? ownContainerTerminal(engine, note) : execTerminal(engine, note);
}

/** Starts it, within this process. @throws as `Engine.hijack`. */
export async function startHere(
  engine: Engine,
  terminal: ContainerTerminal,
  { columns, rows, onData }: Pick<PtyRequest, "columns" | "rows" | "onData">,
): Promise<Pty> {
  const socket = await terminal.start({ columns, rows });
  const { path, howItEnded, end } = terminal;
  const pty = hijackedPty({ engine, socket, onData, path, howItEnded, end });
  // Engines before version 23 do not know the size at the start.
  await pty.resize(columns, rows);
  return pty;
}
