import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmPackage } from "./npm-package.ts";

const VERSION = "0.169.0";
const PACKAGE = "@openai/codex";
/** Codex refuses a home below the system's temporary folder for some of its work. */
const HOMES = fileURLToPath(new URL("../../node_modules/.cache/homes", import.meta.url));

/**
 * The real Codex of a pinned version, installed into `node_modules/.cache` at its first use (404 MB). `skip` says why
 * it cannot be had, for `test(name, { skip })`.
 */
export async function realCodex(): Promise<{ binary: string } | { skip: string }> {
  const installed = await npmPackage(PACKAGE, VERSION);
  if ("skip" in installed) return installed;
  const { platform, arch } = process;
  const vendor = join(installed.folder, "node_modules", `${PACKAGE}-${platform}-${arch}`, "vendor");
  // The one folder in it is named for the machine, as compilers name it.
  const [triple = ""] = existsSync(vendor) ? await readdir(vendor) : [];
  const binary = join(vendor, triple, "bin", "codex");
  return existsSync(binary) ? { binary } : { skip: `There is no Codex for ${platform}-${arch}.` };
}

/** What a home is to hold besides the provider: more lines for the top of `config.toml`. */
export interface HomeOptions {
  readonly config?: string;
  /** How often a failed request is tried again. Never unless told. */
  readonly retries?: number;
}

/** A home for Codex with nothing in it but a provider at this address. `remove` takes it away. */
export async function codexHome(
  modelUrl: string,
  { config = "", retries = 0 }: HomeOptions = {},
): Promise<{ path: string; remove(): Promise<void> }> {
  await mkdir(HOMES, { recursive: true });
  const path = await mkdtemp(join(HOMES, "codex-"));
  const lines = [
    'model = "gpt-5.5"',
    'model_provider = "stub"',
    "check_for_update_on_startup = false",
    config,
    "[analytics]",
    "enabled = false",
    "[model_providers.stub]",
    'name = "stub"',
    `base_url = "${modelUrl}/v1"`,
    'env_key = "STUB_KEY"',
    'wire_api = "responses"',
    `request_max_retries = ${retries}`,
    `stream_max_retries = ${retries}`,
  ];
  await writeFile(join(path, "config.toml"), `${lines.join("\n")}\n`);
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }) };
}

/**
 * An environment in which Codex works without an account, without touching anything of this machine's user, and
 * without reaching anything beyond this machine.
 */
export function codexEnv(home: string): NodeJS.ProcessEnv {
  const nowhere = "http://127.0.0.1:1";
  return {
    ...{ PATH: process.env.PATH, HOME: home, CODEX_HOME: home, STUB_KEY: "sk-test-0123456789" },
    ...{ HTTPS_PROXY: nowhere, HTTP_PROXY: nowhere, NO_PROXY: "127.0.0.1" },
  };
}
