import { join } from "node:path";
import type { Config } from "../config.ts";
import { transcribe } from "../files/transcribe.ts";

/** What turns a voice message into text. */
export interface Hearing {
  /** @param path relative to the project. @throws Error fit for the chat. */
  readonly hear: (path: string) => Promise<string>;
  /** The chat is asked before what was heard is run. */
  readonly confirm: boolean;
}

/** As the settings want it; undefined when nothing is set up for it. */
export function hearingOf(config: Config, env: NodeJS.ProcessEnv): Hearing | undefined {
  const { transcribe: command, transcribeConfirm: confirm, folder, token } = config;
  if (command.length === 0) return undefined;
  const how = { command, folder, env, secrets: token === "" ? [] : [token] };
  return { hear: (path) => transcribe(join(folder, path), how), confirm };
}
