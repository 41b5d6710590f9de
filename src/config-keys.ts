import type { PermissionMode } from "./agents/agent.ts";

export const AGENT_NAMES = ["claude", "codex", "shell", "custom"] as const;
export type AgentName = (typeof AGENT_NAMES)[number];

/** Every key of `.env` that nanogent reads. `.env.example` explains the same ones, in the same order. */
export const CONFIG_KEYS = [
  "TELEGRAM_BOT_TOKEN",
  "TELEGRAM_ALLOWED_CHAT_IDS",
  "TELEGRAM_ALLOWED_USER_IDS",
  "NANOGENT_OWNER_IDS",
  "TELEGRAM_API_ROOT",
  "HTTPS_PROXY",
  "NANOGENT_AGENT",
  "NANOGENT_CLAUDE",
  "NANOGENT_CLAUDE_ARGS",
  "NANOGENT_CODEX",
  "NANOGENT_AGENT_COMMAND",
  "NANOGENT_SHELL",
  "NANOGENT_PERMISSIONS",
  "NANOGENT_MODEL",
  "NANOGENT_KEEP_WARM",
  "NANOGENT_WHEN_BUSY",
  "NANOGENT_PARALLEL",
  "NANOGENT_BUDGET_USD",
  "NANOGENT_REMIND",
  "NANOGENT_NOTIFY_AFTER",
  "NANOGENT_TIMEOUT",
  "NANOGENT_STALL",
  "NANOGENT_STALE_AFTER",
  "NANOGENT_DENY_FILES",
  "NANOGENT_KEEP_UPLOADS",
  "NANOGENT_TRANSCRIBE",
  "NANOGENT_TRANSCRIBE_CONFIRM",
  "NANOGENT_WEB",
  "NANOGENT_PORT",
  "NANOGENT_PUBLIC_URL",
  "NANOGENT_TUNNEL",
  "NANOGENT_SSH",
  "NANOGENT_VAULT_KEY",
  "NANOGENT_DOCKER_IMAGE",
  "NANOGENT_HOST_TERMINAL",
  "NANOGENT_PERSIST",
  "NANOGENT_LOG",
] as const;

export type ConfigKey = (typeof CONFIG_KEYS)[number];

export const PERMISSION_MODES: readonly PermissionMode[] = ["skip", "ask", "edits", "plan"];

/** What becomes of a prompt that comes while another one of its chat runs. */
export type WhenBusy = "queue" | "steer" | "interrupt";
export const WHEN_BUSY: readonly WhenBusy[] = ["queue", "steer", "interrupt"];

/** Where owners may use the shell: in private chats, in groups as well, or nowhere. */
export type ShellUse = "on" | "groups" | "off";
export const SHELL_USES: readonly ShellUse[] = ["on", "groups", "off"];

/** Programs that make the page reachable from elsewhere. */
export const TUNNELS = ["cloudflared", "tailscale"] as const;
export type TunnelName = (typeof TUNNELS)[number];
/** What connects to other machines: the system's OpenSSH, or the npm package where it is installed. */
export type SshClient = "openssh" | "ssh2";
export const SSH_CLIENTS: readonly SshClient[] = ["openssh", "ssh2"];
/** What keeps a terminal when the bridge ends. */
export type Persist = "tmux" | "off";
export const PERSISTS: readonly Persist[] = ["tmux", "off"];

/** A value that a key cannot have. The message says what is wrong with it and how to put it right. */
export class ValueFault extends Error {
  override name = "ValueFault";
}

/** `123456789:AA...`, as @BotFather gives it. */
export function parseToken(value: string): string {
  if (/^\d+:[A-Za-z0-9_-]{20,}$/.test(value)) return value;
  throw new ValueFault(
    "does not look like a bot token (digits, a colon, then at least 20 letters). Copy the whole line that @BotFather sent you",
  );
}

/** Ids of users, separated by commas or white space. */
export function parseUserIds(value: string): number[] {
  const words = wordsOf(value);
  const group = words.find((word) => word.startsWith("-") && isId(word));
  if (group !== undefined) {
    throw new ValueFault(`"${group}" is the id of a group. Groups belong into TELEGRAM_ALLOWED_CHAT_IDS`);
  }
  return words.map((word) => parseId(word, ""));
}

/** Ids of chats, separated by commas or white space; groups have negative ones. `*` stands for all there are. */
export function parseChatIds(value: string): { ids: number[]; all: boolean } {
  const words = wordsOf(value);
  const ids = words.filter((word) => word !== "*").map((word) => parseId(word, ", or * for everybody"));
  return { ids, all: words.includes("*") };
}

function wordsOf(value: string): string[] {
  return value.split(/[\s,]+/).filter((word) => word !== "");
}

// Telegram's ids have up to 52 bits. A longer number would be rounded, and name somebody else.
function isId(word: string): boolean {
  return /^-?\d+$/.test(word) && Number.isSafeInteger(Number(word));
}

function parseId(word: string, or: string): number {
  if (isId(word)) return Number(word);
  throw new ValueFault(
    word.startsWith("@")
      ? `"${word}" is a name, and names can change hands. Use the numeric id: the bot tells it to anyone whom it refuses`
      : `"${hideToken(word)}" is not a numeric id. Write numbers separated by commas${or}`,
  );
}

/** A token is easily pasted behind the wrong key, and must not be shown there either. */
function hideToken(value: string): string {
  return value.replace(/\d+:[\w-]{20,}/g, "•••");
}

/** The key of the vault for SSH keys: 32 bytes. A wrong one is not shown. */
export function parseVaultKey(value: string): string {
  if (/^[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  throw new ValueFault("is not 64 hexadecimal digits. Make one with: openssl rand -hex 32");
}

/** The name of a Docker image, such as `node:22` or `ghcr.io/a/b@sha256:…`. */
export function parseImage(value: string): string {
  if (/^[A-Za-z0-9][\w./:@-]{0,254}$/.test(value)) return value;
  throw new ValueFault(`"${hideToken(value)}" is not the name of a Docker image. Write it as node:22`);
}

export function parseHttpUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol)) {
    if (isDecodable(url.username + url.password)) return url;
    throw new ValueFault("has a % in its name or password that begins no code. Write it as %25");
  }
  throw new ValueFault(
    "is not an http or https address. Write it with its scheme, such as https://example.org",
  );
}

/** The address under which a proxy or tunnel of one's own leads to the page. */
export function parsePublicUrl(value: string): URL {
  const url = parseHttpUrl(value);
  if (url.protocol !== "https:")
    throw new ValueFault(
      "is not an https address, and Telegram opens no others. Write it as https://example.org",
    );
  if (url.pathname === "/" && !/[?#@]/.test(value)) return url;
  throw new ValueFault(
    "has more than a host and a port. Let the whole host lead to the page, and write it as https://example.org",
  );
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export function parseChoice<T extends string>(value: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === value.toLowerCase());
  if (choice !== undefined) return choice;
  throw new ValueFault(`"${hideToken(value)}" is not one of its values. Use ${choices.join(", ")}`);
}

/** Undefined for `off` and `none`. */
export function parseTunnel(value: string): TunnelName | undefined {
  return /^(off|none)$/i.test(value) ? undefined : parseChoice(value, TUNNELS);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** What a timer can hold. */
const LONGEST_MS = 2 ** 31 - 1;

/** Globs of files, separated by commas or white space. */
export function parseGlobs(value: string): string[] {
  return wordsOf(value);
}

export function parseSwitch(value: string): boolean {
  return parseChoice(value, ["off", "on"]) === "on";
}

/** As `parseTimeSpan`, for what no timer waits for. */
export function parseAge(value: string): number | undefined {
  return parseTimeSpan(value, 100 * 366 * 86_400_000);
}

/** `90s`, `10m`, `1h`, `1h30m`, `2d` in milliseconds; undefined for `off`, `none` and `0`. */
export function parseTimeSpan(value: string, longestMs = LONGEST_MS): number | undefined {
  const text = value.toLowerCase().replace(/\s+/g, "");
  if (/^(off|none|0+[smhd]?)$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ""] ?? 0), 0);
  const whole = parts.map(([part]) => part).join("") === text;
  if (whole && ms > 0 && ms <= longestMs) return ms;
  throw new ValueFault(
    `"${hideToken(value)}" is not a time. Write it as 90s, 10m or 1h30m (${Math.floor(longestMs / 86_400_000)} days at most), or off for none`,
  );
}

/** `5`, `2.50` or `$5` in US dollars; undefined for `off` and `none`. */
export function parseDollars(value: string): number | undefined {
  if (/^(off|none)$/i.test(value)) return undefined;
  const usd = /^\$?\d{1,6}(\.\d{1,4})?$/.test(value) ? Number(value.replace("$", "")) : Number.NaN;
  if (usd > 0) return usd;
  if (usd === 0) throw new ValueFault("is 0, with which nothing would ever run. Write off for no limit");
  throw new ValueFault(
    `"${hideToken(value)}" is not an amount of US dollars. Write it as 5 or 2.50, or off for no limit`,
  );
}

/** A whole number from 1 to `most`. */
export function parseCount(value: string, most: number): number {
  if (/^\d{1,6}$/.test(value) && Number(value) >= 1 && Number(value) <= most) return Number(value);
  throw new ValueFault(`"${hideToken(value)}" is not a number from 1 to ${most}`);
}

export function parseAgent(value: string): AgentName {
  return parseChoice(value, AGENT_NAMES);
}

/** Splits arguments as a shell does, with quotes and backslashes and nothing else. */
export function parseArguments(value: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [, single, double, escaped, space, other] of value.matchAll(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|(\s+)|(.)/gs,
  )) {
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (other === '"' || other === "'") {
      throw new ValueFault(`has a ${other} that is never closed. Close it, or put a \\ in front of it`);
    } else {
      word = (word ?? "") + (single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? other ?? "");
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Extra arguments for Claude Code, without those that would take the protocol or the session out of our hands. */
export function parseClaudeArguments(value: string): string[] {
  const words = parseArguments(value);
  const reserved = words.find((word) =>
    /^(-c|--continue|-r|--resume|-p|--print|--input-format|--output-format|--permission-prompt-tool)(=|$)/.test(
      word,
    ),
  );
  if (reserved === undefined) return words;
  throw new ValueFault(`"${reserved}" is set by nanogent itself, which keeps the session. Leave it out`);
}
