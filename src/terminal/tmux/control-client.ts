import { type ChildProcess, spawn } from "node:child_process";
import { within } from "../../within.ts";
import { controlLines } from "./control-lines.ts";
import type { TmuxServer } from "./server.ts";

/** A server that takes longer hangs. */
const ANSWER_MS = 10_000;
/** Then it is not let go, and goes without. */
const LEAVING_MS = 1_000;

export interface ControlClientOptions {
  readonly server: TmuxServer;
  readonly id: string;
  /** What the program has written, in order with the answers to commands. */
  readonly onOutput: (bytes: Buffer) => void;
}

/** A client in control mode: it gets every byte that the program writes, where another one would get what tmux draws. */
export class ControlClient {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve(lines: readonly string[]): void; reject(error: Error): void }[] = [];
  #isClosed = false;
  /** Resolves when it has its session. */
  readonly attached: Promise<void>;
  /** Resolves when it has been told to go, or its session or server is gone. */
  readonly closed: Promise<void>;

  constructor({ server, id, onOutput }: ControlClientOptions) {
    this.#child = spawn("tmux", server.clientArguments(id), {
      env: { ...server.env, TERM: "xterm-256color" },
      // A signal for the bridge's group, such as Ctrl-C, is not for it.
      detached: true,
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#child.stdin?.on("error", () => {});
    let attach: () => void = () => {};
    this.attached = new Promise((resolve) => {
      attach = resolve;
    });
    const lines = controlLines({
      attached: attach,
      output: onOutput,
      reply: (reply, failed) => {
        const waiting = this.#waiting.shift();
        if (failed) waiting?.reject(new Error(reply.join(" ")));
        else waiting?.resolve(reply);
      },
    });
    this.#child.stdout?.on("data", lines);
    this.closed = new Promise((resolve) => {
      const close = (): void => {
        this.#isClosed = true;
        for (const { reject } of this.#waiting.splice(0)) reject(new Error("tmux has ended."));
        resolve();
      };
      this.#child.once("close", close);
      this.#child.once("error", close);
    });
  }

  /**
   * One command, in one line.
   * @param ms How long tmux may take to answer.
   * @returns its answer. @throws Error with what tmux says, or that it has ended or does not answer.
   */
  async command(line: string, ms = ANSWER_MS): Promise<readonly string[]> {
    const [answer = []] = await this.#ask([line], ms);
    return answer;
  }

  /**
   * Several commands in one go, with no output of the program in between.
   * @param onLast Called between the last answer and the output behind it.
   * @throws Error with what tmux says, or that it has ended or does not answer.
   */
  commands(lines: readonly string[], onLast?: () => void): Promise<(readonly string[])[]> {
    return this.#ask(lines, ANSWER_MS, onLast);
  }

  async #ask(lines: readonly string[], ms: number, onLast?: () => void): Promise<(readonly string[])[]> {
    const silent = new Error("tmux does not answer.");
    // What comes earlier is taken for nobody's.
    if (!(await within(Promise.race([this.attached, this.closed]), ms))) throw silent;
    const { stdin } = this.#child;
    if (this.#isClosed || !stdin?.writable) throw new Error("tmux has ended.");
    const answers = lines.map(
      (_, index) =>
        new Promise<readonly string[]>((resolve, reject) => {
          const settle = (answer: readonly string[]): void => {
            if (index === lines.length - 1) onLast?.();
            resolve(answer);
          };
          this.#waiting.push({ resolve: settle, reject });
        }),
    );
    stdin.write(`${lines.join(" ; ")}\n`);
    const answered = Promise.all(answers);
    // Its place in the queue stays: an answer that comes late is not for the next command.
    if (!(await within(answered, ms))) {
      answered.catch(() => {});
      throw silent;
    }
    return answered;
  }

  pause(): void {
    this.#child.stdout?.pause();
  }

  resume(): void {
    this.#child.stdout?.resume();
  }

  /** Goes; the session stays. Never rejects. */
  async detach(): Promise<void> {
    this.resume();
    this.#child.stdin?.end();
    if (await within(this.closed, LEAVING_MS)) return;
    this.drop();
    await this.closed;
  }

  /** Goes at once, whatever tmux does. */
  drop(): void {
    this.#child.kill("SIGKILL");
  }
}
