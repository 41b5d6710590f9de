import { silentLog } from "../../log.ts";
import type { HealthFinding } from "../health.ts";
import { asObject, asText } from "../json.ts";
import { type BriefRun, runBriefly } from "../process/brief-run.ts";
import { programPlace } from "../process/program-place.ts";
import { briefly } from "./briefly.ts";
import { LOGIN_HINT, startFailure } from "./errors.ts";

export interface CodexHealthOptions {
  readonly codex: { readonly binary: string };
  /** The folder in which the agent would work, absolute. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the agent's environment. */
  readonly secrets: readonly string[];
  /** Milliseconds for everything. */
  readonly deadlineMs: number;
}

/** Codex: is it there, which one is it, and is it logged in? Nothing is spent. Never rejects. */
export async function codexHealth(options: CodexHealthOptions): Promise<readonly HealthFinding[]> {
  const end = performance.now() + options.deadlineMs;
  const leftMs = (): number => Math.max(0, end - performance.now());
  const { codex, folder, env, secrets } = options;
  const told = await runBriefly({
    ...{ command: codex.binary, args: ["--version"], cwd: folder, env, secrets },
    deadlineMs: leftMs(),
  });
  const program = programFinding(options, told);
  return program.state === "fail" ? [program] : [program, await loginFinding(options, leftMs())];
}

function programFinding(options: CodexHealthOptions, { exit, stdout, stderr }: BriefRun): HealthFinding {
  const name = "agent";
  const { folder, env } = options;
  const { binary } = options.codex;
  if (exit?.error) {
    const { message, hint } = startFailure(exit.error, binary, folder);
    return { name, state: "fail", words: message, ...(hint ? { fix: hint } : {}) };
  }
  const place = programPlace(binary, folder, env);
  const fix = "Run it with --version in a terminal. If it does not work there either, install it anew.";
  if (exit === undefined) {
    return { name, state: "fail", words: `Codex (${place}) does not tell its version in time.`, fix };
  }
  if (exit.code !== 0) {
    const why = stderr.trim().split("\n", 1)[0] || (exit.signal ?? `exit code ${exit.code}`);
    return { name, state: "fail", words: `Codex (${place}) does not run: ${why}`, fix };
  }
  const version = /\b\d+\.\d+\.\d+\b/.exec(stdout)?.[0];
  if (version === undefined) {
    return { name, state: "warning", words: `${place} does not tell a version. Is it Codex?`, fix };
  }
  return { name, state: "pass", words: `Codex ${version}, ${place}` };
}

/** `account/read` and not `codex login status`: that one knows nothing of model providers without a login. */
async function loginFinding(options: CodexHealthOptions, deadlineMs: number): Promise<HealthFinding> {
  const name = "login";
  const { codex, folder, env, secrets } = options;
  const where = { binary: codex.binary, cwd: folder, env, secrets, jobId: "health", log: silentLog };
  try {
    const status = await briefly(where, deadlineMs, (call) => call("account/read", {}));
    const kind = asText(asObject(status.account).type);
    if (kind !== undefined) {
      const words = `Codex says that it is logged in by ${WAYS.get(kind) ?? kind}. Only a prompt shows whether that is accepted.`;
      return { name, state: "pass", words };
    }
    if (status.requiresOpenaiAuth === true) {
      return { name, state: "fail", words: "Codex is not logged in.", fix: LOGIN_HINT };
    }
    if (status.requiresOpenaiAuth === false) {
      return { name, state: "pass", words: "Codex uses a model provider of its own, without a login." };
    }
    return unknownLogin("its answer is not understood");
  } catch (error) {
    return unknownLogin(error instanceof Error ? error.message : String(error));
  }
}

const WAYS: ReadonlyMap<string, string> = new Map([
  ["apiKey", "an API key"],
  ["chatgpt", "ChatGPT"],
]);

function unknownLogin(why: string): HealthFinding {
  const words = `It cannot be told whether Codex is logged in: ${why}.`;
  return { name: "login", state: "skipped", words };
}
