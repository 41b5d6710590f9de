import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";
import { agentLine, allAgents } from "../agents/choose.ts";
import { ClaudeProcesses } from "../agents/claude/processes.ts";
import { type Bridge, startBridge } from "../bridge.ts";
import { hasFailed } from "../chat/turn-view.ts";
import { systemClock } from "../clock.ts";
import { type Config, ConfigError, readConfig } from "../config.ts";
import { type Lock, LockedError } from "../lock.ts";
import { createLog } from "../log.ts";
import { createLogFile } from "../log-file.ts";
import { lockProject, type ProjectPaths, prepareState, projectPaths, UnsafeStateError } from "../project.ts";
import { createSecrets } from "../secrets.ts";
import { Store } from "../store.ts";
import type { Message, Update } from "../telegram/types.ts";
import { openVault } from "../vault.ts";
import { VERSION } from "../version.ts";
import { untilStopped } from "./signals.ts";
import { TerminalMessenger } from "./terminal-messenger.ts";
import { TerminalScreen } from "./terminal-screen.ts";
import { EXIT, type Surroundings, type VerbCall } from "./verb.ts";

const YOU = { id: 1, is_bot: false, first_name: "you" };
const HERE = { id: 1, type: "private" } as const;
const BOT = { id: 2, username: "nanogent" };
/** Lines that come faster than anybody types were pasted, and belong together. */
const PASTE_MS = 15;

/** `nanogent chat`: the bridge with this terminal in the place of Telegram. */
export async function chat({ around }: VerbCall): Promise<number> {
  const paths = projectPaths(around.folder, "chat");
  let lock: Lock | undefined;
  try {
    const config = readConfig(around.folder, around.env, { telegram: false });
    prepareState(paths);
    lock = lockProject(paths);
    return await converse(config, paths, lock, around);
  } catch (error) {
    const known =
      error instanceof ConfigError || error instanceof LockedError || error instanceof UnsafeStateError;
    around.stderr.write(`${known ? error.message : `The chat ended: ${String(error)}`}\n`);
    return error instanceof ConfigError ? EXIT.usage : EXIT.failed;
  } finally {
    lock?.release();
  }
}

/** @returns the exit code. */
async function converse(
  config: Config,
  paths: ProjectPaths,
  lock: Lock,
  around: Surroundings,
): Promise<number> {
  const secrets = createSecrets(config.secretValues);
  const screen = new TerminalScreen(around);
  const messenger = new TerminalMessenger({ screen, fileFolder: paths.state, redact: secrets.redact });
  // On the screen log lines would tear the picture; what a person has to know is in the answers.
  const log = createLog({ format: config.logFormat, secrets, write: createLogFile(paths.log).write });
  const vault = openVault({ path: paths.secrets, env: around.env, secrets, log });
  const bridge = await startBridge({
    config: {
      ...config,
      access: { open: false, chats: [], users: [YOU.id], owners: undefined },
      notifyAfterMs: undefined,
      // What was opened here ends here, and there is nothing for a browser.
      persist: "off",
      web: { ...config.web, on: false },
    },
    paths,
    agents: allAgents(config, vault, log, new ClaudeProcesses()),
    messenger,
    store: await Store.open(paths.journal, log),
    vault,
    clock: systemClock,
    log,
    env: around.env,
    redact: secrets.redactGrowing,
    redactCut: secrets.redactCut,
    version: VERSION,
    identity: async () => BOT,
    saveFile: async () => {
      throw new Error("files cannot be sent here.");
    },
    // Loaded when it is asked for: the start must not pay for it.
    examine: async () =>
      (await import("../doctor/examine.ts")).examine({
        folder: paths.folder,
        env: around.env,
        telegram: false,
      }),
    announce: (line) => screen.notice(line),
    claim: lock.renew,
  });
  screen.notice(`nanogent ${VERSION} in ${config.folder} with ${agentLine(config)}.`);
  screen.notice("Type a prompt, or /help. Ctrl-C stops a job, Ctrl-D leaves.");
  for (const warning of config.warnings) screen.notice(warning);
  bridge.caughtUp();
  const stopped = untilStopped();
  await new TerminalDesk(bridge, messenger, screen).readLines(around, stopped.signal);
  screen.detach();
  await bridge.stop();
  stopped.release();
  // A person has seen it; a script has not.
  const isScript = around.stdin.isTTY !== true;
  const ending = bridge.desk.latestRun?.view.ending;
  return isScript && ending && hasFailed(ending) ? EXIT.failed : EXIT.done;
}

/** Turns typed lines into the updates that Telegram would send. */
class TerminalDesk {
  readonly #bridge: Bridge;
  readonly #messenger: TerminalMessenger;
  readonly #screen: TerminalScreen;
  // Ids must not repeat those of an earlier chat, whose journal is still there.
  #updateId = Date.now() * 1000;
  #working: Promise<void> = Promise.resolve();

  constructor(bridge: Bridge, messenger: TerminalMessenger, screen: TerminalScreen) {
    this.#bridge = bridge;
    this.#messenger = messenger;
    this.#screen = screen;
  }

  /** Resolves when the input has ended, and without a terminal also all that it asked for. */
  async readLines({ stdin, stdout }: Surroundings, signal: AbortSignal): Promise<void> {
    const interactive = stdin.isTTY === true && stdout.isTTY === true;
    const lines = createInterface({ input: stdin, output: interactive ? stdout : undefined, prompt: "› " });
    if (interactive) this.#attach(lines);
    let pasted: string[] = [];
    let timer: NodeJS.Timeout | undefined;
    const enter = (): void => {
      const text = pasted.join("\n").trim();
      pasted = [];
      if (text !== "") this.#enter(text);
      else if (interactive) lines.prompt();
    };
    lines.on("line", (line) => {
      this.#screen.commit();
      pasted.push(line);
      clearTimeout(timer);
      if (interactive) timer = setTimeout(enter, PASTE_MS);
      else enter();
    });
    lines.on("SIGINT", () => this.#interrupt(lines));
    signal.addEventListener("abort", () => lines.close(), { once: true });
    await new Promise<void>((resolve) => lines.once("close", resolve));
    clearTimeout(timer);
    if (pasted.length > 0) enter();
    await this.#working;
    if (interactive) stdout.write("\n");
    else if (!signal.aborted) await Promise.race([this.#bridge.idle(), once(signal, "abort")]);
  }

  #attach(lines: Interface): void {
    this.#screen.attach({
      rowsAbove: () => lines.getCursorPos().rows,
      redraw: () => lines.prompt(true),
    });
    lines.prompt();
  }

  #interrupt(lines: Interface): void {
    const { desk } = this.#bridge;
    // The latest: whoever presses Ctrl-C has just seen it begin.
    const run = desk.runsIn({ chatId: HERE.id }).at(-1);
    const result = desk.cancel({ id: YOU.id, name: "you", role: "owner" }, run);
    if (result === "stopping") return;
    if (lines.line !== "") lines.write(null, { ctrl: true, name: "u" });
    else this.#screen.notice("Nothing is running. Ctrl-D leaves.");
  }

  #enter(text: string): void {
    const choice =
      /^\d+$/.test(text) && this.#messenger.choices.find(({ number }) => number === Number(text));
    this.#updateId += 1;
    const update_id = this.#updateId;
    const base = { chat: HERE, date: Math.floor(Date.now() / 1000) };
    const message: Message = { ...base, message_id: this.#messenger.nextId(), from: YOU, text };
    const pressed: Update = {
      update_id,
      callback_query: {
        id: String(update_id),
        from: YOU,
        message: { ...base, message_id: choice ? choice.message.messageId : 0 },
        data: choice ? choice.button.data : "",
      },
    };
    this.#working = this.#working
      .then(() => this.#bridge.receive([choice ? pressed : { update_id, message }]))
      .catch((error) => this.#screen.notice(`Not taken: ${String(error)}`));
  }
}
