import { join } from "node:path";
import type { PermissionMode } from "./agents/agent.ts";
import {
  type AgentName,
  type ConfigKey,
  PERMISSION_MODES,
  PERSISTS,
  type Persist,
  parseAge,
  parseAgent,
  parseArguments,
  parseChatIds,
  parseChoice,
  parseClaudeArguments,
  parseCount,
  parseDollars,
  parseGlobs,
  parseHttpUrl,
  parseImage,
  parsePublicUrl,
  parseSwitch,
  parseTimeSpan,
  parseToken,
  parseTunnel,
  parseUserIds,
  parseVaultKey,
  SHELL_USES,
  type ShellUse,
  SSH_CLIENTS,
  type SshClient,
  type TunnelName,
  ValueFault,
  WHEN_BUSY,
  type WhenBusy,
} from "./config-keys.ts";
import { lookUp } from "./config-lookup.ts";
import { secretValues } from "./config-secrets.ts";
import { warningsAbout } from "./config-warnings.ts";
import { type EnvFile, readEnvFile } from "./env-file.ts";
import { goesDirectly } from "./no-proxy.ts";

/** Each agent takes some hundred megabytes. */
const MOST_PARALLEL = 32;

export interface AccessConfig {
  /** `TELEGRAM_ALLOWED_CHAT_IDS=*`: everybody may use the bot. */
  readonly open: boolean;
  readonly chats: readonly number[];
  readonly users: readonly number[];
  /** Undefined when the key is not set: then every allowed user and private chat is an owner. */
  readonly owners: readonly number[] | undefined;
}

/** The page with the terminals. */
export interface WebConfig {
  readonly on: boolean;
  /** Undefined for any that is free. */
  readonly port: number | undefined;
  /** Where a proxy or tunnel of one's own leads to the page. */
  readonly publicUrl: URL | undefined;
  /** The program that makes it reachable from elsewhere. */
  readonly tunnel: TunnelName | undefined;
}

export interface Config {
  /** The project's folder, absolute. */
  readonly folder: string;
  /** Empty only where no messenger is needed (the local chat). */
  readonly token: string;
  readonly apiRoot: URL;
  readonly proxy: URL | undefined;
  readonly access: AccessConfig;
  readonly agent: AgentName;
  readonly claude: { readonly binary: string; readonly args: readonly string[] };
  readonly codex: { readonly binary: string };
  /** The command line of an agent of one's own; undefined for none. */
  readonly customCommand: string | undefined;
  readonly shell: ShellUse;
  readonly permissions: PermissionMode;
  readonly model: string | undefined;
  /** What becomes of a prompt that comes while another one of its chat runs. */
  readonly whenBusy: WhenBusy;
  /** How many jobs of different chats and topics may run at the same time. */
  readonly parallel: number;
  /** What may be spent on a day, in US dollars; undefined for as much as it takes. */
  readonly budgetUsd: number | undefined;
  /** After so many milliseconds a question of the agent is repeated, once; undefined for never. */
  readonly remindMs: number | undefined;
  /** How long an agent's process waits for the next prompt of its session, in milliseconds; undefined: not at all. */
  readonly keepWarmMs: number | undefined;
  /** A prompt that took longer than this ends with a message that the phone rings for; undefined for never. Milliseconds. */
  readonly notifyAfterMs: number | undefined;
  /** How long one job may take, in milliseconds; undefined for as long as it wants. */
  readonly timeoutMs: number | undefined;
  /** After so many milliseconds without any sign of life the chat is asked about a job; undefined for never. */
  readonly stallMs: number | undefined;
  /** A prompt that had to wait longer than this for the bridge to come back is offered instead of run. */
  readonly staleAfterMs: number | undefined;
  /** Globs of files that are never sent, besides those that nobody would want to send. */
  readonly denyFiles: readonly string[];
  /** How long files that were sent are kept, in milliseconds; undefined for ever. */
  readonly keepUploadsMs: number | undefined;
  /** A program and its arguments that turns a voice message into text; empty for none. */
  readonly transcribe: readonly string[];
  /** What was heard is offered instead of run. */
  readonly transcribeConfirm: boolean;
  readonly web: WebConfig;
  /** What connects to other machines. */
  readonly ssh: SshClient;
  /** 64 hexadecimal digits: the key of the vault for SSH keys. Undefined: one in a file of the user. */
  readonly vaultKey: string | undefined;
  /** What terminals in a container of their own are made of; undefined for none. */
  readonly dockerImage: string | undefined;
  /** Owners may open terminals on this machine. */
  readonly hostTerminal: boolean;
  /** What keeps a terminal when the bridge ends. */
  readonly persist: Persist;
  readonly logFormat: "text" | "json";
  /** Values that must never be shown: of the keys above, and of whatever else in `.env` has a name like a secret's. */
  readonly secretValues: readonly string[];
  /** Things that look like mistakes but do not stop the start. */
  readonly warnings: readonly string[];
}

/** One thing that is wrong with the configuration: where it stands, what it is and how to mend it. */
export interface ConfigProblem {
  readonly key: string;
  /** `.env line 3`, `the environment`, or `.env` for a key that is missing. */
  readonly where: string;
  readonly fault: string;
}

/** Everything that is wrong, at once. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: readonly ConfigProblem[];
  /** What the rest of it comes to, with the defaults in place of what is wrong. Undefined when nothing could be read. */
  readonly rest: Config | undefined;

  constructor(problems: readonly ConfigProblem[], rest?: Config) {
    super(problems.map(({ key, where, fault }) => `${key} (${where}) ${fault}.`).join("\n"));
    this.problems = problems;
    this.rest = rest;
  }
}

/**
 * Reads the configuration of the project in `folder`: its `.env`, over which the real environment wins. A key that is
 * set but empty counts as not set.
 * @throws ConfigError with every problem that there is.
 */
export function readConfig(
  folder: string,
  environment: NodeJS.ProcessEnv,
  needs: { readonly telegram: boolean },
): Config {
  const file = readFileOf(folder);
  const problems: ConfigProblem[] = file.malformed.map(({ line }) => ({
    key: "A line",
    where: `.env line ${line}`,
    fault: "is neither KEY=value nor a comment. Put a # in front of it, or write it as KEY=value",
  }));
  const find = (key: ConfigKey): { value: string; where: string } | undefined =>
    lookUp(key, file, environment);

  function read<T>(key: ConfigKey, parse: (value: string) => T, otherwise: T): T {
    const found = find(key);
    if (found === undefined) return otherwise;
    try {
      return parse(found.value);
    } catch (error) {
      if (!(error instanceof ValueFault)) throw error;
      problems.push({ key, where: found.where, fault: error.message });
      return otherwise;
    }
  }

  if (needs.telegram && find("TELEGRAM_BOT_TOKEN") === undefined) {
    problems.push({
      key: "TELEGRAM_BOT_TOKEN",
      where: ".env",
      fault:
        "is not set. Ask @BotFather in Telegram for a bot (/newbot) and put the token that it sends into .env; `nanogent init` helps with it",
    });
  }
  const token = read("TELEGRAM_BOT_TOKEN", needs.telegram ? parseToken : String, "");
  const chats = read("TELEGRAM_ALLOWED_CHAT_IDS", parseChatIds, { ids: [], all: false });
  const users = read("TELEGRAM_ALLOWED_USER_IDS", parseUserIds, []);
  const owners = read<readonly number[] | undefined>("NANOGENT_OWNER_IDS", parseUserIds, undefined);
  const access = { open: chats.all, chats: chats.ids, users, owners };
  const apiRoot = read("TELEGRAM_API_ROOT", parseHttpUrl, new URL("https://api.telegram.org"));
  const proxy = read<URL | undefined>("HTTPS_PROXY", parseHttpUrl, undefined);
  const config: Config = {
    folder,
    token,
    apiRoot,
    proxy: goesDirectly(apiRoot.hostname, environment) ? undefined : proxy,
    access,
    agent: read("NANOGENT_AGENT", parseAgent, "claude"),
    claude: {
      binary: read("NANOGENT_CLAUDE", String, "claude"),
      args: read<readonly string[]>("NANOGENT_CLAUDE_ARGS", parseClaudeArguments, []),
    },
    codex: { binary: read("NANOGENT_CODEX", String, "codex") },
    customCommand: read<string | undefined>("NANOGENT_AGENT_COMMAND", String, undefined),
    shell: read("NANOGENT_SHELL", (value) => parseChoice(value, SHELL_USES), "on"),
    permissions: read("NANOGENT_PERMISSIONS", (value) => parseChoice(value, PERMISSION_MODES), "skip"),
    model: read<string | undefined>("NANOGENT_MODEL", String, undefined),
    keepWarmMs: read<number | undefined>("NANOGENT_KEEP_WARM", parseTimeSpan, undefined),
    whenBusy: read("NANOGENT_WHEN_BUSY", (value) => parseChoice(value, WHEN_BUSY), "queue"),
    parallel: read("NANOGENT_PARALLEL", (value) => parseCount(value, MOST_PARALLEL), 1),
    budgetUsd: read<number | undefined>("NANOGENT_BUDGET_USD", parseDollars, undefined),
    remindMs: read<number | undefined>("NANOGENT_REMIND", parseTimeSpan, 10 * 60_000),
    notifyAfterMs: read<number | undefined>("NANOGENT_NOTIFY_AFTER", parseTimeSpan, 20_000),
    timeoutMs: read<number | undefined>("NANOGENT_TIMEOUT", parseTimeSpan, undefined),
    stallMs: read<number | undefined>("NANOGENT_STALL", parseTimeSpan, 10 * 60_000),
    staleAfterMs: read<number | undefined>("NANOGENT_STALE_AFTER", parseTimeSpan, 60 * 60_000),
    denyFiles: read<readonly string[]>("NANOGENT_DENY_FILES", parseGlobs, []),
    keepUploadsMs: read<number | undefined>("NANOGENT_KEEP_UPLOADS", parseAge, 30 * 86_400_000),
    transcribe: read<readonly string[]>("NANOGENT_TRANSCRIBE", parseArguments, []),
    transcribeConfirm: read("NANOGENT_TRANSCRIBE_CONFIRM", parseSwitch, false),
    web: {
      on: read("NANOGENT_WEB", parseSwitch, true),
      port: read<number | undefined>("NANOGENT_PORT", (value) => parseCount(value, 65_535), undefined),
      publicUrl: read<URL | undefined>("NANOGENT_PUBLIC_URL", parsePublicUrl, undefined),
      tunnel: read<TunnelName | undefined>("NANOGENT_TUNNEL", parseTunnel, undefined),
    },
    ssh: read("NANOGENT_SSH", (value) => parseChoice(value, SSH_CLIENTS), "openssh"),
    vaultKey: read<string | undefined>("NANOGENT_VAULT_KEY", parseVaultKey, undefined),
    dockerImage: read<string | undefined>("NANOGENT_DOCKER_IMAGE", parseImage, undefined),
    hostTerminal: read("NANOGENT_HOST_TERMINAL", parseSwitch, true),
    persist: read("NANOGENT_PERSIST", (value) => parseChoice(value, PERSISTS), "tmux"),
    logFormat: read("NANOGENT_LOG", (value) => parseChoice(value, ["text", "json"]), "text"),
    secretValues: secretValues(file, environment),
    warnings: warningsAbout(folder, file, access),
  };
  const missing = missingForAgent(config);
  if (missing !== undefined) {
    problems.push({
      key: "NANOGENT_AGENT",
      where: find("NANOGENT_AGENT")?.where ?? ".env",
      fault: missing,
    });
  }
  if (config.web.publicUrl && config.web.tunnel) {
    problems.push({
      key: "NANOGENT_TUNNEL",
      where: find("NANOGENT_TUNNEL")?.where ?? ".env",
      fault: "makes an address of its own, but NANOGENT_PUBLIC_URL names one. Take out one of the two",
    });
  }
  if (problems.length > 0) throw new ConfigError(problems, config);
  return config;
}

/** What the agent needs of the other keys. */
function missingForAgent({ agent, shell, customCommand }: Config): string | undefined {
  if (agent === "shell" && shell === "off")
    return "is shell, but NANOGENT_SHELL=off. Take out one of the two";
  if (agent === "custom" && customCommand === undefined)
    return "is custom, which needs NANOGENT_AGENT_COMMAND. Set it to the command line of your agent";
  return undefined;
}

function readFileOf(folder: string): EnvFile {
  try {
    return readEnvFile(join(folder, ".env"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const fault = `cannot be read (${code}). Make it a file that you may read`;
    throw new ConfigError([{ key: "The file", where: ".env", fault }]);
  }
}
