import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import type { Surroundings } from "./verb.ts";

/** Questions at a terminal. */
export interface Dialog {
  /** Asks until `accept` gives a value. @throws Error when the input ends. */
  ask<T>(question: string, accept: (answer: string) => T | undefined, again: string): Promise<T>;
  /** Asks for something that must not be seen: what is typed from here to the next `ask` is not echoed. @throws as `ask`. */
  askSecretly(question: string): Promise<string>;
  /** Gives the terminal back. */
  close(): void;
}

/** One dialog serves all questions, since what is typed or pasted ahead is an answer to the next one. */
export function openDialog({ stdin, stdout }: Surroundings): Dialog {
  let secret = false;
  const echo = new Writable({
    write(chunk, _encoding, done) {
      if (!secret) stdout.write(chunk);
      done();
    },
  });
  // Without a history: the arrow keys would bring back what was typed in secret.
  const lines = createInterface({ input: stdin, output: echo, terminal: true, historySize: 0 });
  const answers: string[] = [];
  let ended = false;
  let wake = (): void => {};
  lines.on("line", (line) => {
    answers.push(line);
    wake();
  });
  lines.on("SIGINT", () => lines.close());
  lines.on("close", () => {
    ended = true;
    wake();
  });

  async function answer(): Promise<string> {
    for (;;) {
      const line = answers.shift();
      if (line !== undefined) return line.trim();
      if (ended) throw new Error("the input ended before everything was answered. Nothing was written.");
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    async ask(question, accept, again) {
      secret = false;
      lines.setPrompt(question);
      for (;;) {
        lines.prompt(true);
        const value = accept(await answer());
        if (value !== undefined) return value;
        lines.setPrompt(again);
      }
    },
    async askSecretly(question) {
      secret = true;
      stdout.write(question);
      const value = await answer();
      stdout.write("\n");
      return value;
    },
    close: () => lines.close(),
  };
}
