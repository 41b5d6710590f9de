import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { MessageRef, Messenger, Place } from "../../../src/chat/messenger.ts";
import { openRoom, type TerminalRoom } from "../../../src/chat/terminals/room.ts";
import type { TerminalsOptions } from "../../../src/chat/terminals/terminals.ts";
import { systemClock } from "../../../src/clock.ts";
import { BridgeDoor } from "../../../src/control/bridge-door.ts";
import type { Person } from "../../../src/jobs/person.ts";
import { silentLog } from "../../../src/log.ts";
import { projectPaths } from "../../../src/project.ts";
import { BackendError } from "../../../src/terminal/pty.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { fakeMessenger } from "../../fakes/messenger.ts";

export const ADA: Person = { id: 7, name: "Ada", role: "owner" };

export interface PlayedChat {
  /** What was sent, each as `chat: text`. */
  readonly sent: string[];
  /** Chats that may not be told any more. */
  readonly refused: Set<number>;
  /** Each life of the bridge finds what the one before has left. */
  life(more?: Partial<TerminalsOptions>): Promise<TerminalRoom>;
  /** Of a life whose messenger takes nothing. */
  readonly takesNothing: Messenger;
  readonly options: TerminalsOptions;
}

/** The terminals of a folder, real ones without tmux, and a chat that is played. */
export async function playedChat(t: TestContext): Promise<PlayedChat> {
  const folder = await temporaryFolder(t);
  const state = join(folder, ".state");
  mkdirSync(state);
  const sent: string[] = [];
  const refused = new Set<number>();
  const messenger = fakeMessenger();
  const send: Messenger["send"] = async (to, content, options): Promise<MessageRef | undefined> => {
    sent.push(`${to.chatId}: ${(typeof content === "function" ? content() : content).text.text}`);
    return messenger.send(to, content, options);
  };
  const door = new BridgeDoor({
    ...{ paths: projectPaths(folder), env: { XDG_RUNTIME_DIR: folder }, clock: systemClock, log: silentLog },
    needs: () => Promise.reject(new Error("only hooks come here")),
  });
  const options: TerminalsOptions = {
    ...{ folder, state, door, clock: systemClock, log: silentLog },
    hasFixedAddress: () => false,
    messenger: { ...messenger, send },
    statePath: join(state, "terminals.json"),
    keptPath: join(state, "kept"),
    claudeProgram: () => "claude",
    ownPlaces: () => [{ chatId: ADA.id }],
    mayTell: ({ chatId }: Place) => !refused.has(chatId),
    env: () => ({ PATH: process.env.PATH, SHELL: "/bin/sh", PS1: "$ " }),
    hidden: () => [],
    persist: () => "off",
    allowsHost: () => true,
    elsewhere: async (where) => Promise.reject(new BackendError(`${where} is not there.`)),
    hostsElsewhere: async () => [],
    putElsewhere: async () => Promise.reject(new BackendError("not here")),
    addressOf: () => undefined,
    wayToPage: () => undefined,
    bot: async () => ({ id: 1, username: "nano_bot" }),
    redact: (text) => text.replaceAll("hunter2", "•••••••"),
  };
  const rooms: TerminalRoom[] = [];
  t.after(() => Promise.all(rooms.map((room) => room.stop())));
  return {
    ...{ sent, refused, options },
    takesNothing: { ...messenger, send: () => new Promise(() => {}) },
    async life(more = {}) {
      const room = await openRoom({ ...options, ...more });
      rooms.push(room);
      return room;
    },
  };
}
