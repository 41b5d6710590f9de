import type { Secrets } from "./secrets.ts";

export type LogFields = Readonly<Record<string, unknown>>;
export type LogLevel = "debug" | "info" | "warn" | "error";

/** One line per event. `event` is a short constant phrase, everything that varies goes into the fields. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export interface LogOptions {
  readonly format: "text" | "json";
  readonly secrets: Secrets;
  /** Takes one finished line without its line end. */
  readonly write: (line: string) => void;
  readonly debug?: boolean;
  readonly now?: () => number;
}

/** The one exit for log lines: whatever is logged anywhere, secrets are taken out here. */
export function createLog({ format, secrets, write, debug = false, now = Date.now }: LogOptions): Log {
  const line = format === "json" ? jsonLine : textLine;
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void =>
      write(secrets.redact(line(new Date(now()).toISOString(), level, event, fields)));
  return { debug: debug ? at("debug") : () => {}, info: at("info"), warn: at("warn"), error: at("error") };
}

function jsonLine(time: string, level: LogLevel, event: string, fields: LogFields): string {
  return JSON.stringify({ time, level, event, ...fields }, plainError);
}

function textLine(time: string, level: LogLevel, event: string, fields: LogFields): string {
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${textValue(value)}`);
  const mark = level === "info" ? "" : `${level.toUpperCase()} `;
  return `${time.slice(0, 19).replace("T", " ")} ${mark}${event}${details.join("")}`;
}

function textValue(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  if (typeof value === "string") return /^[^\s"=\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value, plainError);
}

// An Error has no enumerable fields: JSON would show it as {}.
function plainError(_key: string, value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value;
}

/** A log that says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
