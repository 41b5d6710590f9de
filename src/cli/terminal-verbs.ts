import type { Verb } from "./verb.ts";

/** Of verbs that ask a bridge. */
export const EXITS =
  "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no bridge runs, 4 there is no such thing, 124 not in time.";

const list: Verb = {
  name: "list",
  usage: "[--all] [--json]",
  summary: "list the terminals of this project; --all: of all projects",
  detail: [
    "The bridge is that of this folder, or of the nearest one above it that has one. Those that have ended stay for an hour;",
    "nanogent clean takes them out. --all lists those of every bridge of yours on this machine.",
    EXITS,
  ].join("\n"),
  flags: ["--all", "--json"],
  words: 0,
  run: async (call) => (await import("./list.ts")).list(call),
};

const spawn: Verb = {
  name: "spawn",
  usage: "[FLAGS] [CMD...]",
  summary: "open a terminal, with a command or the shell; prints its id",
  detail: [
    "  --id NAME                    gives it a name besides its id",
    "  --host, --ssh NAME, --docker NAME   where it runs; on this machine unless told",
    "  --cwd DIR                    where it starts, on this machine; here unless told",
    "  --start                      starts the bridge in the background when none runs: it goes on when this terminal is",
    "                               closed, and what it says is in .nanogent/logs/console.log",
    "  --json                       prints all about it",
    "One word is a line for the shell (nanogent spawn 'make && make test'), several are a program and its arguments. Flags",
    "come before the command.",
    EXITS,
  ].join("\n"),
  flags: ["--host", "--start", "--json"],
  values: ["--id", "--ssh", "--docker", "--cwd"],
  words: Number.POSITIVE_INFINITY,
  command: true,
  run: async (call) => (await import("./spawn.ts")).spawn(call),
};

const attach: Verb = {
  name: "attach",
  usage: "[KEY] [--read] [--detach KEY]",
  summary: "look at a terminal here, and type into it; Ctrl-\\ leaves",
  detail: [
    "KEY is its id or its name. Without one it is the only one that is open, or you choose. Leaving does not end it: it goes",
    "on, and so do others who look at it. --detach sets another key for that, such as --detach C-a. --read only looks.",
    EXITS,
  ].join("\n"),
  flags: ["--read"],
  values: ["--detach"],
  words: 1,
  run: async (call) => (await import("./attach.ts")).attach(call),
};

const rename: Verb = {
  name: "rename",
  usage: "KEY NAME",
  summary: "give a terminal another name",
  detail: ["A name has letters, digits, “.”, “_” and “-”, 64 at most.", EXITS].join("\n"),
  flags: [],
  words: 2,
  run: async (call) => (await import("./rename.ts")).rename(call),
};

const close: Verb = {
  name: "close",
  usage: "KEY...",
  summary: "end terminals, with all that runs in them",
  detail: ["One that has ended is taken out of the list.", EXITS].join("\n"),
  flags: [],
  words: Number.POSITIVE_INFINITY,
  run: async (call) => (await import("./close.ts")).close(call),
};

const clean: Verb = {
  name: "clean",
  usage: "",
  summary: "take the terminals that have ended out of the list",
  detail: ["Prints their ids.", EXITS].join("\n"),
  flags: [],
  words: 0,
  run: async (call) => (await import("./clean.ts")).clean(call),
};

const inject: Verb = {
  name: "inject",
  usage: "KEY TEXT|- [--submit]",
  summary: "type a text into a terminal, and say whether it has arrived",
  detail: [
    "- reads it from stdin. Inputs of several senders come one after the other, each as one.",
    "  --submit            with Enter behind it, when the text is on the screen and no dialog stands there",
    "  --submit-retry N    presses Enter again, N times at most, while the text stays where it was (2 unless told)",
    "  --submit-force      types it with Enter whatever the screen shows",
    "  --ref               hands it over as a file, as every text over 4 kB: a line that names the file is typed",
    `${EXITS} What could not be confirmed is 5, with the reason.`,
  ].join("\n"),
  flags: ["--submit", "--submit-force", "--ref"],
  values: ["--submit-retry"],
  words: Number.POSITIVE_INFINITY,
  run: async (call) => (await import("./inject.ts")).inject(call),
};

const key: Verb = {
  name: "key",
  usage: "KEY NAME...",
  summary: "press keys in a terminal: Enter, Up, F5, C-c, M-x, S-Tab, y",
  detail: ["In one go, in that order.", EXITS].join("\n"),
  flags: [],
  words: Number.POSITIVE_INFINITY,
  run: async (call) => (await import("./key.ts")).key(call),
};

const readScreen: Verb = {
  name: "read-screen",
  usage: "KEY [--lines N] [--json]",
  summary: "print what a terminal shows",
  detail: [
    "--lines: the last N, also of those that have scrolled away. --json: with size, cursor and title.",
    EXITS,
  ].join("\n"),
  flags: ["--json"],
  values: ["--lines"],
  words: 1,
  run: async (call) => (await import("./read-screen.ts")).readScreen(call),
};

const wait: Verb = {
  name: "wait",
  usage: "KEY [--for idle|exit | --text TEXT] [--timeout S]",
  summary: "return when a terminal is idle, has ended, or shows a text",
  detail: ["It is waited for a minute, unless --timeout says other seconds.", EXITS].join("\n"),
  flags: ["--json"],
  values: ["--for", "--text", "--timeout"],
  words: 1,
  run: async (call) => (await import("./wait.ts")).wait(call),
};

/** The verbs that open, show and drive terminals of a bridge. */
export const TERMINAL_VERBS: readonly Verb[] = [
  ...[list, spawn, attach, inject, key, readScreen, wait],
  ...[rename, close, clean],
];
