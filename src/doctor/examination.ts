import type { Config, ConfigProblem } from "../config.ts";
import type { ProjectPaths } from "../project.ts";
import type { BotClient } from "../telegram/client.ts";

/** `skipped`: it could not be looked at, or does not matter here. */
export type State = "pass" | "warning" | "fail" | "skipped";

/** What one check has found. */
export interface Finding {
  /** A word or two that stay the same from run to run. */
  readonly name: string;
  readonly state: State;
  /** What is the case, in a sentence or less. */
  readonly words: string;
  /** What to do about it, in whole sentences. */
  readonly fix?: string;
  /** Does it, where that is safe. @returns what was done. @throws Error fit for the console. */
  readonly mend?: () => string | Promise<string>;
}

/** Looks at one thing, or a few that belong together. What it throws counts as a failure of the check. */
export type Check = (
  patient: Patient,
) => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>;

/** The project that is examined, as far as it can be read. */
export interface Patient {
  readonly folder: string;
  readonly paths: ProjectPaths;
  readonly env: NodeJS.ProcessEnv;
  /** What of the configuration can be used. Undefined when `.env` cannot be read at all. */
  readonly config: Config | undefined;
  readonly problems: readonly ConfigProblem[];
  /** False for the local chat, which does without Telegram. */
  readonly telegram: boolean;
  /** Undefined without a token that could be tried. */
  readonly client: BotClient | undefined;
  /** One request to Telegram's server without a token. Never rejects. Undefined without a configuration. */
  readonly probe: Promise<Probe> | undefined;
}

/** How Telegram's server was reached. */
export type Probe =
  | {
      readonly reached: true;
      /** The server's clock minus this one, in milliseconds; undefined when the server does not tell. */
      readonly skewMs: number | undefined;
    }
  | { readonly reached: false; readonly reason: string };

/** Milliseconds for what a check asks of others. It leaves time to clean up before the check itself counts as stuck. */
export const ASK_MS = 5_000;
/** Milliseconds after which a check counts as stuck. */
export const STUCK_MS = 10_000;
