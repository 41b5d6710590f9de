import { setTimeout as sleep } from "node:timers/promises";
import type { Pty, PtyExit } from "../pty.ts";
import { askedHostKey, hostKeyQuestion } from "./host-key-question.ts";
import { type SshMessages, whyNot } from "./ssh-messages.ts";

export interface LoginOptions {
  readonly name: string;
  readonly messages: () => SshMessages;
  readonly confirm: (question: string) => Promise<boolean>;
}

/** The way from the start of `ssh` to the first output of the other machine. */
export interface Login {
  /** What the terminal has shown. */
  shown(chunk: Buffer): void;
  /**
   * Resolves when the session has begun, or when `ssh` wants to be answered in the terminal, such as with a password.
   * @throws BackendError when it has ended before.
   */
  done(pty: Pty, exited: Promise<PtyExit>): Promise<void>;
}

const LOOK_MS = 20;
/** What is left unanswered at the end of a line for so long is a question. */
const QUESTION_MS = 500;
const MOST_SHOWN = 8_192;

export function waitForLogin({ name, messages, confirm }: LoginOptions): Login {
  let shown: string | undefined = "";
  let lastShown = 0;
  return {
    shown(chunk) {
      if (shown === undefined) return;
      shown = `${shown}${chunk.toString("latin1")}`.slice(-MOST_SHOWN);
      lastShown = performance.now();
    },
    async done(pty, exited) {
      let hasEnded = false;
      const end = exited.then(() => {
        hasEnded = true;
        return false;
      });
      while (!messages().isConnected) {
        if (hasEnded) {
          // A short program may have ended before it was seen to begin.
          if (messages().isConnected) break;
          throw whyNot(name, messages().said);
        }
        const asked = askedHostKey(shown ?? "");
        if (asked) {
          const isRight = await Promise.race([confirm(hostKeyQuestion(name, asked)), end]);
          shown = "";
          // With the fingerprint for an answer, no other key than the one that was looked at is taken.
          const answer = isRight ? asked.fingerprint : "no";
          await pty.write(Buffer.from(`${answer}\n`)).catch(() => {});
        } else if (isQuestion(shown ?? "") && performance.now() - lastShown > QUESTION_MS) break;
        await Promise.race([end, sleep(LOOK_MS)]);
      }
      shown = undefined;
    },
  };
}

function isQuestion(shown: string): boolean {
  return /[^\s][^\r\n]*$/.test(shown);
}
