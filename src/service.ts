import { agentLine, allAgents } from "./agents/choose.ts";
import { ClaudeProcesses } from "./agents/claude/processes.ts";
import { startBridge } from "./bridge.ts";
import { COMMANDS } from "./chat/commands/all.ts";
import { createPairing, type Pairing } from "./chat/pairing.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";
import type { ProjectPaths } from "./project.ts";
import type { Secrets } from "./secrets.ts";
import { Store } from "./store.ts";
import { type ClientOptions, createClient } from "./telegram/client.ts";
import { saveIncomingFile } from "./telegram/files.ts";
import { introduce } from "./telegram/identity.ts";
import { Outbox } from "./telegram/outbox.ts";
import type { Update } from "./telegram/types.ts";
import { openVault } from "./vault.ts";
import { VERSION } from "./version.ts";

export interface ServiceOptions {
  readonly config: Config;
  readonly paths: ProjectPaths;
  readonly env: NodeJS.ProcessEnv;
  readonly server: ClientOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  /** For the person at the console. */
  readonly say: (line: string) => void;
  /** As the bridge's. */
  readonly claim: () => void;
  readonly signal: AbortSignal;
}

/** The bridge behind one bot. */
export interface BotService {
  /** Takes updates over: on disk when it resolves. @throws when they cannot be written. */
  receive(updates: readonly Update[]): Promise<void>;
  /** Everything that waited at Telegram at the start has been received. */
  caughtUp(): void;
  /** Telegram answers again after a time of trouble. */
  wake(): void;
  /** Connections may be dead without having said so: they are made anew. */
  reconnect(): void;
  /** Says something about the bridge itself where it is worked with. */
  tell(text: string): void;
  /** Takes over other settings, as far as that goes while it runs. @returns lines for the console. */
  reload(config: Config): string[];
  stop(): Promise<void>;
}

/** Opens the project's memory, connects the bridge with Telegram and greets the console. */
export async function startService(options: ServiceOptions): Promise<BotService> {
  const { config, paths, env, server, clock, log, secrets, say, claim, signal } = options;
  const client = createClient(server);
  const pairing = isClosed(config) ? createPairing(() => clock.monotonic()) : undefined;
  for (const line of greeting(config, pairing)) say(line);
  const store = await Store.open(paths.journal, log);
  const vault = openVault({ path: paths.secrets, env, secrets, log });
  const processes = new ClaudeProcesses();
  const commands = COMMANDS.map(({ names: [command], summary }) => ({ command, description: summary }));
  const identity = introduce({ client, commands, clock, log, signal });
  void identity.then(({ username }) => say(`The bot is @${username}.`)).catch(() => {});
  const outbox = new Outbox({ client, clock, log, secrets });
  const bridge = await startBridge({
    config,
    paths,
    agents: allAgents(config, vault, log, processes),
    messenger: outbox,
    store,
    vault,
    clock,
    log,
    env,
    redact: secrets.redactGrowing,
    redactCut: secrets.redactCut,
    version: VERSION,
    ...(pairing ? { pairing } : {}),
    identity: () => identity,
    saveFile: (file, messageId) => saveIncomingFile(client, paths, file, messageId, clock),
    // Loaded when it is asked for: the start must not pay for it.
    examine: async () =>
      (await import("./doctor/examine.ts")).examine({ folder: paths.folder, env, telegram: true }),
    announce: say,
    claim,
  });
  return {
    receive: (updates) => bridge.receive(updates),
    caughtUp: () => bridge.caughtUp(),
    wake: () => outbox.wake(),
    reconnect() {
      client.close();
      outbox.wake();
    },
    tell: (text) => bridge.tell(text),
    reload(next) {
      if (isClosed(next) && !isClosed(config)) {
        return [
          "The settings stay as they were: with the new ones nobody could use the bot. Is .env there, with TELEGRAM_ALLOWED_USER_IDS in it? A start without it gives a code for pairing.",
        ];
      }
      secrets.add(next.secretValues);
      const agents = allAgents({ ...next, token: config.token }, vault, log, processes);
      bridge.configure(next, agents);
      log.info("settings read again");
      return [
        `The settings were read again: ${agentLine(next)}.`,
        ...next.warnings,
        ...onlyAtStart(config, next),
      ];
    },
    async stop() {
      await bridge.stop();
      client.close();
    },
  };
}

function isClosed({ access }: Config): boolean {
  return !access.open && access.chats.length === 0 && access.users.length === 0;
}

/** What connections are made with stays as it is. */
function onlyAtStart(running: Config, next: Config): string[] {
  const changed = [
    ["TELEGRAM_BOT_TOKEN", running.token, next.token],
    ["TELEGRAM_API_ROOT", running.apiRoot.href, next.apiRoot.href],
    ["HTTPS_PROXY", running.proxy?.href, next.proxy?.href],
    ["NANOGENT_LOG", running.logFormat, next.logFormat],
  ].flatMap(([key, before, after]) => (before === after ? [] : [key]));
  return changed.length === 0 ? [] : [`${changed.join(", ")}: a change counts from the next start on.`];
}

function greeting(config: Config, pairing: Pairing | undefined): string[] {
  const { access, folder, warnings } = config;
  return [
    `nanogent ${VERSION} works in ${folder} with ${agentLine(config)}. Ctrl-C stops it.`,
    ...warnings,
    ...(pairing
      ? [`Nobody may use this bot yet. To become its owner, send it in Telegram:  /pair ${pairing.code}`]
      : []),
    ...(access.open
      ? [
          "WARNING: TELEGRAM_ALLOWED_CHAT_IDS=* lets EVERYBODY who finds this bot run commands on this machine.",
        ]
      : []),
  ];
}
