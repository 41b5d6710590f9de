import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// The local chat in a folder of its own: with Claude Code where it is installed, with a plain shell otherwise.
const folder = mkdtempSync(join(tmpdir(), "nanogent-try-"));
const claude = process.env.NANOGENT_CLAUDE ?? "claude";
const agent = spawnSync(claude, ["--version"], { stdio: "ignore" }).status === 0 ? "claude" : "shell";
const bundle = fileURLToPath(new URL("../dist/nanogent.mjs", import.meta.url));
const child = spawn(process.execPath, [bundle, "chat"], {
  cwd: folder,
  stdio: "inherit",
  // Somebody who only wants a look has not decided yet what an agent may do.
  env: { NANOGENT_AGENT: agent, NANOGENT_PERMISSIONS: "ask", ...process.env },
});
process.on("SIGINT", () => {});
child.on("close", (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = code ?? 1;
});
