import type { Verb } from "./verb.ts";

const EXITS =
  "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no bridge runs, 4 there is no such thing, 124 not in time.";

// What a verb needs is loaded when it runs: the start of the bridge must not pay for the other verbs.
const init: Verb = {
  name: "init",
  usage: "[--force]",
  summary: "set nanogent up in this folder",
  detail: [
    "Copies this program to nanogent.mjs and .env.example, asks for the bot token and the permission mode, checks the",
    "token, writes .env (readable by you only) and adds .env and .nanogent/ to .gitignore. What is there already stays",
    "as it is; --force replaces the program and asks again.",
  ].join("\n"),
  flags: ["--force"],
  words: 0,
  run: async (call) => (await import("./init.ts")).init(call),
};

const start: Verb = {
  name: "start",
  usage: "[--take-over]",
  summary: "answer the bot until it is stopped (the default)",
  detail: [
    "Reads .env, then answers the bot until Ctrl-C or SIGTERM. Prompts that waited when it was stopped last run first.",
    "SIGHUP reads .env again, and nothing that waits is lost by it. --take-over removes a webhook, which would keep all",
    "messages of the bot to itself.",
    "Exit codes: 0 stopped, 1 failed, 2 the configuration is wrong, 3 the bot token is not valid.",
  ].join("\n"),
  flags: ["--take-over"],
  words: 0,
  run: async (call) => (await import("./start.ts")).start(call),
};

const chat: Verb = {
  name: "chat",
  usage: "",
  summary: "the same bridge in this terminal, without Telegram",
  detail: [
    "Type a prompt or a /command; answers are streamed as they come. A number presses the button of that number,",
    "Ctrl-C stops the running job, Ctrl-D leaves. Needs no token and no network of its own.",
  ].join("\n"),
  flags: [],
  words: 0,
  run: async (call) => (await import("./chat.ts")).chat(call),
};

const status: Verb = {
  name: "status",
  usage: "",
  summary: "tell whether this folder’s bridge runs, and what it does",
  detail: "Exit codes: 0 it runs, 1 it does not.",
  flags: [],
  words: 0,
  run: async (call) => (await import("./status.ts")).status(call),
};

const doctor: Verb = {
  name: "doctor",
  usage: "[--fix]",
  summary: "check what the bridge needs; --fix mends some of it",
  detail: [
    "Checks Node, .env, the proxy, the token, the webhook, the clock, the agent and its login, git, the disk, the modes",
    "of the files and the lock. --fix closes files to other users, adds .env and .nanogent/ to .gitignore and removes a",
    "webhook; updates that wait are kept. --json is for programs. Exit codes: 0 nothing failed, 1 something did.",
  ].join("\n"),
  flags: ["--fix", "--json"],
  words: 0,
  run: async (call) => (await import("./doctor.ts")).doctor(call),
};

const open: Verb = {
  name: "open",
  usage: "[ID]",
  summary: "print a link to the terminals for a browser here",
  detail: [
    "The link works once, within 30 seconds. With the ID of a terminal, such as term-1, it opens that one.",
    "Exit codes: 0 here it is, 1 no bridge runs in this folder, or it has no page.",
  ].join("\n"),
  flags: [],
  words: 1,
  run: async (call) => (await import("./open.ts")).open(call),
};

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

const jobs: Verb = {
  name: "jobs",
  usage: "[--json]",
  summary: "list what the agent works on, and what waits",
  detail: ["The number is the one that nanogent cancel takes.", EXITS].join("\n"),
  flags: ["--json"],
  words: 0,
  run: async (call) => (await import("./jobs.ts")).jobs(call),
};

const cancel: Verb = {
  name: "cancel",
  usage: "[JOB | all]",
  summary: "stop the running job, or the one of that number",
  detail: ["One that waits is removed. What the agent has said so far stays.", EXITS].join("\n"),
  flags: [],
  words: 1,
  run: async (call) => (await import("./cancel.ts")).cancel(call),
};

const send: Verb = {
  name: "send",
  usage: "PATH [--caption TEXT]",
  summary: "within a job: send a file to the chat when it ends",
  detail: [
    "Copies a file of the project to where the bridge looks for files when the job ends; $NANOGENT_OUTBOX names that",
    "folder, and writing there does the same. Not sent are files from elsewhere, keys and passwords, and what is larger",
    "than 50 MB. Exit codes: 0 it will be sent, 1 it will not, 2 wrong usage, or not within a job.",
  ].join("\n"),
  flags: [],
  values: ["--caption"],
  words: 1,
  run: async (call) => (await import("./send.ts")).send(call),
};

const hook: Verb = {
  name: "hook",
  usage: "FILE",
  summary: "within a terminal: tell the bridge what Claude Code does there",
  detail: [
    "Claude Code calls it in terminals that were opened with /term claude. Reads one JSON object on stdin, and prints what",
    "was decided in the chat when that is a request for permission. FILE says how to reach the bridge. Without a bridge it",
    "does nothing. Exit code: always 0, so that it stops nothing.",
  ].join("\n"),
  flags: [],
  hidden: true,
  words: 1,
  run: async (call) => (await import("./hook.ts")).hook(call),
};

const containerTerminal: Verb = {
  name: "container-terminal",
  usage: "FOLDER",
  summary: "within tmux: stand between a terminal and a container",
  detail: "nanogent starts it for terminals in containers, so that they go on when the bridge ends.",
  flags: [],
  words: 1,
  hidden: true,
  run: async (call) => (await import("./container-terminal.ts")).containerTerminal(call),
};

const help: Verb = {
  name: "help",
  usage: "[verb]",
  summary: "explain nanogent, or one verb",
  detail: "Without a verb it lists all of them.",
  flags: [],
  words: 1,
  run: async (call) => (await import("./help.ts")).help(call),
};

/** Every verb, in the order in which help shows them. */
export const VERBS: readonly Verb[] = [
  ...[init, start, chat, status, open],
  ...[list, spawn, attach, rename, close, clean, jobs, cancel],
  ...[doctor, send, hook, containerTerminal, help],
];
