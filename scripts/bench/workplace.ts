import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folders = new Set<string>();
const children = new Set<ChildProcess>();

// Whatever ends the bench, nothing of it is left behind.
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

/** A new folder that goes when the bench ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nanogent-bench-"));
  folders.add(folder);
  return folder;
}

/** Starts a program that is killed, at the latest, when the bench ends; with nothing of the bench's own settings, but those of `env`. */
export function startProgram(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { ...options, env: { ...cleanEnvironment(), ...options.env } });
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/** Resolves when the program has ended and its output is read. */
export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => resolve());
  });
}

/** The JSON that a program prints. @throws when it prints none. */
export async function jsonOf(child: ChildProcess): Promise<unknown> {
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  await ended(child);
  return JSON.parse(text);
}

/** The path of one of the small programs that the benches run beside the bridge. */
export function programPath(name: string): string {
  return fileURLToPath(new URL(`./programs/${name}`, import.meta.url));
}

/** An executable file with this script, to be started as an agent. */
export function executableScript(script: string): string {
  const path = join(temporaryFolder(), "agent");
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

/** An executable file that runs one of the small programs. */
export function executableProgram(name: string): string {
  return executableScript(`#!${process.execPath}\nimport(${JSON.stringify(programPath(name))});\n`);
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(NANOGENT|TELEGRAM|NODE|npm)_|_proxy$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}
