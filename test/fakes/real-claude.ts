import { existsSync } from "node:fs";
import { join } from "node:path";
import { npmPackage } from "./npm-package.ts";

const VERSION = "2.1.197";
const PACKAGE = "@anthropic-ai/claude-code";

/**
 * The real Claude Code of a pinned version, installed into `node_modules/.cache` at its first use (235 MB). `skip`
 * says why it cannot be had, for `test(name, { skip })`.
 */
export async function realClaude(): Promise<{ binary: string } | { skip: string }> {
  // Its install script only copies the program to another place.
  const installed = await npmPackage(PACKAGE, VERSION);
  if ("skip" in installed) return installed;
  const binary = join(installed.folder, "node_modules", `${PACKAGE}-${platformKey()}`, "claude");
  return existsSync(binary) ? { binary } : { skip: `There is no Claude Code for ${platformKey()}.` };
}

/** An environment in which Claude Code works without an account and without touching anything of this machine's user. */
export function claudeEnv(home: string, modelUrl: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: "sk-ant-test-0123456789",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    // It refuses to skip permissions as root, which containers usually run as.
    IS_SANDBOX: "1",
  };
}

/** The name of the package with the program for this machine, as the package's own installer chooses it. */
function platformKey(): string {
  const { platform, arch } = process;
  if (platform !== "linux") return `${platform}-${arch}`;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return `linux-${arch}${header.glibcVersionRuntime === undefined ? "-musl" : ""}`;
}
