import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import type { Surroundings } from "./verb.ts";

/** Asks on the terminal until `accept` gives a value. @throws Error when the input ends. */
export async function ask<T>(
  around: Surroundings,
  question: string,
  accept: (answer: string) => T | undefined,
  again: string,
): Promise<T> {
  let prompt = question;
  for (;;) {
    const value = accept((await readAnswer(around, prompt, around.stdout)).trim());
    if (value !== undefined) return value;
    prompt = again;
  }
}

/** Asks for something that must not be seen: what is typed is not echoed. @throws Error when the input ends. */
export async function askSecretly(around: Surroundings, question: string): Promise<string> {
  around.stdout.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await readAnswer(around, "", nowhere);
  around.stdout.write("\n");
  return answer;
}

async function readAnswer({ stdin }: Surroundings, prompt: string, output: Writable): Promise<string> {
  const lines = createInterface({ input: stdin, output, terminal: true });
  const ended = new Promise<never>((_, reject) => {
    lines.once("close", () =>
      reject(new Error("the input ended before everything was answered. Nothing was written.")),
    );
    lines.once("SIGINT", () => lines.close());
  });
  try {
    return await Promise.race([lines.question(prompt), ended]);
  } finally {
    ended.catch(() => {});
    lines.close();
  }
}
