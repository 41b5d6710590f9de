import type { HealthFinding, HealthOptions } from "../health.ts";
import { type BriefRun, runBriefly } from "../process/brief-run.ts";
import { programPlace } from "../process/program-place.ts";
import { refusesToSkip } from "./claude.ts";
import { LOGIN_HINT, rootFailure, startFailure } from "./errors.ts";

/** The first version that knows `claude auth status`. An older one would take the words for a prompt, and answer it. */
const TELLS_LOGIN = [2, 1, 41];

/** Claude Code: is it there, which one is it, is it logged in, and would it work as this user? */
export async function claudeHealth(options: HealthOptions): Promise<readonly HealthFinding[]> {
  const end = performance.now() + options.deadlineMs;
  const ask = (...args: string[]): Promise<BriefRun> =>
    runBriefly({
      ...{ command: options.claude.binary, args, cwd: options.folder },
      ...{ env: options.env, secrets: options.secrets },
      deadlineMs: Math.max(0, end - performance.now()),
    });
  const told = await ask("--version");
  const version = /\b(\d+)\.(\d+)\.(\d+)\b/.exec(told.stdout);
  const program = programFinding(options, told, version?.[0]);
  const login =
    program.state === "fail" ? [] : [await loginFinding(version?.slice(1, 4).map(Number) ?? [], ask)];
  return [program, ...login, ...rootFindings(options)];
}

function programFinding(
  { claude: { binary }, folder, env }: HealthOptions,
  { exit, stderr }: BriefRun,
  version: string | undefined,
): HealthFinding {
  const name = "agent";
  if (exit?.error) {
    const { message, hint } = startFailure(exit.error, binary, folder);
    return { name, state: "fail", words: message, ...(hint ? { fix: hint } : {}) };
  }
  const place = programPlace(binary, folder, env);
  const fix = "Run it with --version in a terminal. If it does not work there either, install it anew.";
  if (exit === undefined) {
    return { name, state: "fail", words: `Claude Code (${place}) does not tell its version in time.`, fix };
  }
  if (exit.code !== 0) {
    const why = stderr.trim().split("\n", 1)[0] || (exit.signal ?? `exit code ${exit.code}`);
    return { name, state: "fail", words: `Claude Code (${place}) does not run: ${why}`, fix };
  }
  if (version === undefined) {
    return { name, state: "warning", words: `${place} does not tell a version. Is it Claude Code?`, fix };
  }
  return { name, state: "pass", words: `Claude Code ${version}, ${place}` };
}

async function loginFinding(
  version: readonly number[],
  ask: (...args: string[]) => Promise<BriefRun>,
): Promise<HealthFinding> {
  const name = "login";
  const unknown = (why: string): HealthFinding => ({
    name,
    state: "skipped",
    words: `It cannot be told whether Claude Code is logged in: ${why}.`,
  });
  if (isBefore(version, TELLS_LOGIN)) return unknown(`it says so only from ${TELLS_LOGIN.join(".")} on`);
  const { exit, stdout } = await ask("auth", "status");
  if (exit === undefined) return unknown("it does not answer in time");
  const status = parse(stdout);
  if (typeof status?.loggedIn !== "boolean") return unknown("its answer is not understood");
  if (!status.loggedIn) {
    return { name, state: "fail", words: "Claude Code is not logged in.", fix: LOGIN_HINT };
  }
  const source = [status.apiKeySource, status.authMethod].find((each) => typeof each === "string");
  const by = typeof source === "string" ? ` by ${source}` : "";
  return {
    name,
    state: "pass",
    words: `Claude Code says that it is logged in${by}. Only a prompt shows whether that is accepted.`,
  };
}

/** A version that is not known counts as older than any. */
function isBefore(version: readonly number[], other: readonly number[]): boolean {
  const index = other.findIndex((part, at) => version[at] !== part);
  return index >= 0 && (version[index] ?? -1) < (other[index] ?? 0);
}

function parse(
  text: string,
): { loggedIn?: unknown; authMethod?: unknown; apiKeySource?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function rootFindings({ permissions, env }: HealthOptions): HealthFinding[] {
  if (permissions !== "skip" || !refusesToSkip(env)) return [];
  const { message, hint } = rootFailure();
  return [{ name: "root", state: "fail", words: message, ...(hint ? { fix: hint } : {}) }];
}
