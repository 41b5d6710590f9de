import { runBriefly } from "../agents/process/brief-run.ts";

export interface TranscribeOptions {
  /** The program and its arguments; the path of the file comes behind them. */
  readonly command: readonly string[];
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the program's environment. */
  readonly secrets: readonly string[];
}

const DEADLINE_MS = 120_000;

/**
 * Has a program of the user's turn a voice message into text. No shell reads the path, and nothing that the program has
 * started stays.
 * @param path absolute.
 * @throws Error whose message is fit for the chat.
 */
export async function transcribe(path: string, options: TranscribeOptions): Promise<string> {
  const [command = "", ...args] = options.command;
  const { exit, stdout, stderr } = await runBriefly({
    command,
    args: [...args, path],
    cwd: options.folder,
    env: options.env,
    secrets: options.secrets,
    deadlineMs: DEADLINE_MS,
  });
  const failed = (why: string): Error =>
    new Error(
      `the voice message could not be turned into text: ${why} (NANOGENT_TRANSCRIBE). Send it as text.`,
    );
  if (exit === undefined) throw failed(`${command} takes longer than two minutes`);
  if (exit.error) throw failed(`${command} cannot be started, ${exit.error.code}`);
  const last = stderr.trim().split("\n").at(-1)?.slice(0, 200);
  if (exit.code !== 0)
    throw failed(`${command} ended with ${exit.code ?? exit.signal}${last ? `, ${last}` : ""}`);
  const text = stdout.trim();
  if (text === "") throw failed(`${command} heard nothing`);
  return text;
}
