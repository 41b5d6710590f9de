import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerEngine, type Engine } from "../../src/terminal/backends/engine-api.ts";

/** What the image of the tests has, besides `sh`. */
const TOOLS = [
  "sh",
  "cat",
  "grep",
  "id",
  "kill",
  "printf",
  "ps",
  "sleep",
  "stty",
  "test",
  "touch",
  "tr",
  "env",
];
export const IMAGE = "nanogent-test:1";

/** Why no engine can be started here; false when it can. */
export function noDocker(): string | false {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "dockerd needs root on Linux";
  for (const program of ["dockerd", "containerd", "runc", "busybox", "tar"]) {
    if (spawnSync("which", [program]).status !== 0) return `${program} is missing: scripts/test-setup.sh`;
  }
  return false;
}

/** A real Docker Engine of the test's own, without a network, with one image. */
export class DockerEngine {
  readonly #folder = mkdtempSync(join(tmpdir(), "nanogent-docker-"));
  readonly env: NodeJS.ProcessEnv = { DOCKER_HOST: `unix://${join(this.#folder, "d.sock")}` };
  #daemon: ChildProcess | undefined;

  get engine(): Engine {
    return dockerEngine(this.env);
  }

  async start(): Promise<this> {
    const at = (name: string) => join(this.#folder, name);
    const places = { "data-root": at("data"), "exec-root": at("exec"), pidfile: at("pid") };
    const flags = Object.entries({ ...places, host: this.env.DOCKER_HOST, bridge: "none" });
    this.#daemon = spawn(
      "dockerd",
      [
        ...flags.map(([name, value]) => `--${name}=${value}`),
        ...["--iptables=false", "--ip6tables=false", "--storage-driver=vfs"],
      ],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    let said = "";
    this.#daemon.stderr?.on("data", (chunk) => {
      said = `${said}${chunk}`.slice(-4_000);
    });
    for (let tries = 0; tries < 1_200; tries++) {
      if (this.#daemon.exitCode !== null) break;
      const answers = await this.engine.call("GET", "/_ping").then(
        () => true,
        () => false,
      );
      if (answers) return this;
      await sleep(50);
    }
    throw new Error(`dockerd did not start: ${said}`);
  }

  /** An image with a static busybox. */
  async importImage(): Promise<void> {
    const root = join(this.#folder, "root");
    mkdirSync(join(root, "bin"), { recursive: true });
    copyFileSync(execFileSync("which", ["busybox"], { encoding: "utf8" }).trim(), join(root, "bin/busybox"));
    for (const name of TOOLS) symlinkSync("busybox", join(root, "bin", name));
    const tar = execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 64 * 1024 ** 2 });
    const [repo, tag] = IMAGE.split(":");
    const status = await new Promise((resolve, reject) => {
      const socketPath = this.env.DOCKER_HOST?.slice("unix://".length);
      const path = `/images/create?fromSrc=-&repo=${repo}&tag=${tag}`;
      const call = request({ socketPath, method: "POST", path, agent: false }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      });
      call.on("error", reject).end(tar);
    });
    if (status !== 200) throw new Error(`no image: ${status}`);
  }

  /** A container that goes on until it is stopped. @returns its id. */
  async run(name: string, more: object = {}): Promise<string> {
    const created = await this.engine.call("POST", `/containers/create?name=${name}`, {
      Image: IMAGE,
      // It ends at once when it is told to.
      Cmd: ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"],
      HostConfig: { NetworkMode: "none" },
      ...more,
    });
    const { Id } = created as { Id: string };
    await this.engine.call("POST", `/containers/${Id}/start`);
    return Id;
  }

  /** As when the machine loses its engine: the containers' processes stay. */
  async crash(): Promise<void> {
    await this.#end("SIGKILL");
    const containerd = Number(readFileSync(join(this.#folder, "exec/containerd/containerd.pid"), "utf8"));
    // The next one starts its own only when this one has gone.
    process.kill(containerd, "SIGTERM");
    while (isAlive(containerd)) await sleep(20);
    rmSync(join(this.#folder, "pid"), { force: true });
  }

  /** Ends it and leaves nothing behind. */
  async stop(): Promise<void> {
    const ids = (await this.engine.call("GET", "/containers/json?all=1")) as { Id: string }[];
    await Promise.all(
      ids.map(({ Id }) => this.engine.call("DELETE", `/containers/${Id}?force=1`).catch(() => {})),
    );
    await this.#end("SIGTERM");
    // The engine keeps network namespaces mounted.
    const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
    for (const [, place = ""] of mounts.map((line) => line.split(" ")).toReversed())
      if (place.startsWith(`${this.#folder}/`)) spawnSync("umount", ["-l", place]);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20 });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const daemon = this.#daemon;
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    daemon.kill(signal);
    await ended;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
