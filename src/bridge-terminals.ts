import { Terminals, type TerminalsOptions } from "./chat/terminals/terminals.ts";
import type { Config } from "./config.ts";
import type { ProjectPaths } from "./project.ts";
import type { ElsewhereOptions } from "./terminal/backends/elsewhere.ts";
import type { Vault } from "./vault.ts";

type Given =
  | ("messenger" | "redact" | "clock" | "log" | "door")
  | ("addressOf" | "wayToPage" | "bot" | "ownPlaces" | "mayTell");

export interface BridgeTerminalsOptions extends Pick<TerminalsOptions, Given> {
  readonly config: () => Config;
  readonly paths: ProjectPaths;
  readonly vault: Vault;
  /** The bridge's own: where Docker is, and the user's configuration. */
  readonly env: NodeJS.ProcessEnv;
}

/** The terminals of a bridge, here and elsewhere. Each kind is loaded when the first one of it is opened. */
export function bridgeTerminals(options: BridgeTerminalsOptions): Terminals {
  const { config, paths, vault, env, log } = options;
  const elsewhere = async (): Promise<ElsewhereOptions> => {
    const { hostBackend } = await import("./terminal/host/host-pty.ts");
    return { paths, env, settings: config(), openPty: hostBackend.open };
  };
  const removeLeft = async (): Promise<void> => {
    if (config().dockerImage === undefined) return;
    const { removeLeftContainers } = await import("./terminal/backends/throwaway.ts");
    const { readTerminalState } = await import("./terminal/state-file.ts");
    const { sessions } = readTerminalState(paths.terminals, log);
    const kept = sessions.flatMap(({ persists, mark }) => (persists ? [mark] : []));
    await removeLeftContainers(paths.state, env, kept).catch((error) =>
      log.warn("containers of an earlier life not looked for", { error }),
    );
  };
  const left = removeLeft();
  return new Terminals({
    ...options,
    folder: paths.folder,
    statePath: paths.terminals,
    state: paths.state,
    claudeProgram: () => config().claude.binary,
    keptPath: paths.kept,
    env: () => vault.environment,
    hidden: () => (config().token === "" ? [] : [config().token]),
    persist: () => config().persist,
    hasFixedAddress: () => config().web.publicUrl !== undefined,
    allowsHost: () => config().hostTerminal,
    async elsewhere(where, confirm) {
      // What is opened from now on must not be taken for one of these.
      if (where === "docker") await left;
      const { backendElsewhere } = await import("./terminal/backends/elsewhere.ts");
      return backendElsewhere(where, await elsewhere(), confirm);
    },
    async putElsewhere(where, file) {
      const { putElsewhere } = await import("./terminal/backends/put-elsewhere.ts");
      return putElsewhere(where, file, { paths, env, settings: config() });
    },
    async hostsElsewhere() {
      const { hostsElsewhere } = await import("./terminal/backends/elsewhere.ts");
      return hostsElsewhere(await elsewhere());
    },
  });
}
