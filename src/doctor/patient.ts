import { statSync } from "node:fs";
import { systemClock } from "../clock.ts";
import { type Config, ConfigError, type ConfigProblem, readConfig } from "../config.ts";
import { projectPaths } from "../project.ts";
import { createClient } from "../telegram/client.ts";
import { createTransport } from "../telegram/transport.ts";
import { ASK_MS, type Patient, type Probe } from "./examination.ts";

export interface Subject {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** False leaves out everything about Telegram. */
  readonly telegram: boolean;
}

/** Reads what can be read of a project, and reaches for Telegram. @returns it, with what gives the connections back. */
export function meetPatient({ folder, env, telegram }: Subject): Patient & { close(): void } {
  const paths = projectPaths(folder);
  const { config, problems } = settingsOf({ folder, env, telegram });
  const server = config && { root: config.apiRoot, token: config.token, proxy: config.proxy };
  const client = telegram && server && server.token !== "" ? createClient(server) : undefined;
  return {
    ...{ folder, paths, env, config, problems, telegram, client },
    probe: telegram && config ? reach(config) : undefined,
    close: () => client?.close(),
  };
}

/** What can be read of a project's configuration, and what is wrong with it. */
export function settingsOf({ folder, env, telegram }: Subject): {
  config: Config | undefined;
  problems: readonly ConfigProblem[];
} {
  try {
    // Reading from a pipe or a device might never end.
    if (statSync(projectPaths(folder).env, { throwIfNoEntry: false })?.isFile() === false) {
      return { config: undefined, problems: [unreadable("is not a file. Move it away")] };
    }
    return { config: readConfig(folder, env, { telegram }), problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { config: error.rest, problems: error.problems };
    return { config: undefined, problems: [unreadable(`cannot be read: ${(error as Error).message}`)] };
  }
}

function unreadable(fault: string): ConfigProblem {
  return { key: "The file", where: ".env", fault };
}

/** Asks for the server's front page, which needs no token: what matters is that it answers, and when it says it is. */
async function reach({ apiRoot, proxy }: Config): Promise<Probe> {
  const transport = createTransport(apiRoot, systemClock, proxy);
  try {
    const asked = Date.now();
    const { headers } = await transport.request({ method: "GET", path: "/", timeoutMs: ASK_MS });
    const answered = Date.now();
    const server = Date.parse(headers.date ?? "");
    // The header is cut to the second, so the middle of that second is the best guess.
    const skewMs = Number.isNaN(server) ? undefined : server + 500 - (asked + answered) / 2;
    return { reached: true, skewMs };
  } catch (error) {
    return { reached: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    transport.close();
  }
}
