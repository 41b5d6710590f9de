import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Finding, Patient } from "../../src/doctor/examination.ts";
import { meetPatient } from "../../src/doctor/patient.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { closedPort } from "../telegram/servers.ts";

export const TOKEN = "1234567:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

export interface PatientOptions {
  /** Lines of `.env` after those for the token and the server. */
  readonly lines?: readonly string[];
  readonly token?: string;
  /** A port of this machine on which nobody listens, unless told. */
  readonly root?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly folder?: string;
  readonly telegram?: boolean;
}

/** A project with a `.env`, whose Telegram is on this machine. */
export async function patient(t: TestContext, options: PatientOptions = {}): Promise<Patient> {
  const folder = options.folder ?? (await temporaryFolder(t));
  const root = options.root ?? `http://127.0.0.1:${await closedPort(t)}`;
  const { lines = [], token = TOKEN, env = {}, telegram = true } = options;
  const text = [`TELEGRAM_BOT_TOKEN=${token}`, `TELEGRAM_API_ROOT=${root}`, ...lines].join("\n");
  writeFileSync(join(folder, ".env"), `${text}\n`, { mode: 0o600 });
  const met = meetPatient({ folder, env, telegram });
  t.after(() => met.close());
  return met;
}

/** The findings as lines, without what mends: `name state: words → fix`. */
export function lines(found: Finding | readonly Finding[]): string[] {
  const all = "name" in found ? [found] : found;
  return all.map(({ name, state, words, fix }) => `${name} ${state}: ${words}${fix ? ` → ${fix}` : ""}`);
}
