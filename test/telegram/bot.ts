import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { MessageRef, Messenger } from "../../src/chat/messenger.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { Log, LogFields, LogLevel } from "../../src/log.ts";
import { createSecrets } from "../../src/secrets.ts";
import { type BotClient, createClient } from "../../src/telegram/client.ts";
import { Outbox } from "../../src/telegram/outbox.ts";
import { plain } from "../../src/text/entities.ts";
import { type BotApi, type BotApiOptions, startBotApi } from "../fakes/bot-api.ts";

export interface Logged {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

export interface Bot extends RecordingLog {
  readonly api: BotApi;
  readonly client: BotClient;
  readonly outbox: Outbox;
}

export interface BotOptions extends BotApiOptions {
  /** The outbox's, for pace and backoff. */
  readonly clock?: Clock;
  /** The client's. */
  readonly deadlines?: Clock;
}

/** Telegram, and an outbox that speaks with it over HTTP. Without a limit of the rate unless one is named. */
export async function startBot(t: TestContext, options: BotOptions = {}): Promise<Bot> {
  const { clock = systemClock, deadlines = systemClock, ...others } = options;
  const api = await startBotApi({ rateLimit: "off", ...others });
  const client = createClient({ root: new URL(api.root), token: api.token, clock: deadlines });
  const recording = recordingLog();
  t.after(async () => {
    client.close();
    await api.close();
  });
  const known = createSecrets([api.token]);
  const outbox = new Outbox({ client, clock, log: recording.log, secrets: known });
  return { api, client, outbox, ...recording };
}

export interface RecordingLog {
  readonly log: Log;
  readonly logged: readonly Logged[];
  /** Resolves when this event has been logged. */
  says(event: string): Promise<void>;
}

export function recordingLog(): RecordingLog {
  const logged: Logged[] = [];
  const waiting = new Set<() => void>();
  const at =
    (level: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      logged.push({ level, event, fields });
      for (const check of waiting) check();
    };
  return {
    logged,
    log: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    says: (what) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (logged.some(({ event }) => event === what)) resolve();
        };
        waiting.add(check);
        check();
      }),
  };
}

/**
 * A clock on which `speed` seconds go by in one: for what waits by rule and not for a server's word. What still waits
 * when a test has failed does not keep the process.
 */
export function hurriedClock(speed: number): Clock {
  const start = performance.now();
  const monotonic = (): number => (performance.now() - start) * speed;
  return {
    now: monotonic,
    monotonic,
    after(ms, callback) {
      const timer = setTimeout(callback, ms / speed).unref();
      return () => clearTimeout(timer);
    },
  };
}

/** Backoff of seconds passes in a moment. */
export const FAST = { clock: hurriedClock(50) };
export const HI = { text: plain("hi") };

export async function sent(messenger: Messenger, chatId: number, text = "before"): Promise<MessageRef> {
  const message = await messenger.send({ chatId }, { text: plain(text) });
  assert.ok(message);
  return message;
}

export const edit = (messenger: Messenger, message: MessageRef, text: string, final = true) =>
  messenger.edit(message, () => ({ text: plain(text) }), { final });

export const count = (api: BotApi, method: string): number => api.calls(method).length;

export const notDelivered = ({ logged }: Bot): number =>
  logged.filter(({ level, event }) => level === "warn" && event === "not delivered").length;
