import { EXITS, TERMINAL_VERBS } from "./terminal-verbs.ts";
import type { Verb } from "./verb.ts";

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
  usage: "[KEY]",
  summary: "tell whether this folder’s bridge runs, and what it does",
  detail: [
    "Exit codes: 0 it runs, 1 it does not. With the id or name of a terminal: what that is doing (working, waiting, idle,",
    "needs-permission, ended), and how that is known; --json for programs.",
    EXITS,
  ].join("\n"),
  flags: ["--json"],
  words: 1,
  run: async (call) =>
    call.words.length > 0
      ? (await import("./state.ts")).state(call)
      : (await import("./status.ts")).status(call),
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
  usage: "[NAME]",
  summary: "print a link to the terminals for a browser here",
  detail: [
    "The link works once, within 30 seconds. With the name of a terminal, such as build or term-1, it opens that one.",
    "Exit codes: 0 here it is, 1 no bridge runs in this folder, or it has no page or no such terminal.",
  ].join("\n"),
  flags: [],
  words: 1,
  run: async (call) => (await import("./open.ts")).open(call),
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
  ...TERMINAL_VERBS,
  ...[jobs, cancel],
  ...[doctor, send, hook, containerTerminal, help],
];
