import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { dockerBackend, dockerHosts } from "../../../src/terminal/backends/docker.ts";
import { putInContainer } from "../../../src/terminal/backends/put-in-container.ts";
import { removeLeftContainers, throwawayBackend } from "../../../src/terminal/backends/throwaway.ts";
import { BackendError } from "../../../src/terminal/pty.ts";
import { DockerEngine, IMAGE, noDocker } from "../../fakes/docker-engine.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { openTerminal } from "../../fakes/terminal-use.ts";

const skip = noDocker();
let docker: DockerEngine;

before(async () => {
  if (skip) return;
  docker = await new DockerEngine().start();
  await docker.importImage();
});
after(() => docker?.stop());

const sh = { command: ["/bin/sh"] };

async function processes(id: string): Promise<string> {
  const { Processes } = (await docker.engine.call("GET", `/containers/${id}/top`)) as {
    Processes: string[][];
  };
  return Processes.map((columns) => columns.at(-1)).join("\n");
}

test("in a container: typing, size, colours, exit code", { skip }, async () => {
  await docker.run("plain");
  const terminal = await openTerminal(dockerBackend("plain", docker.env));
  await terminal.type("stty size; echo $TERM$COLORTERM; env | grep -c PATH=\n");
  await terminal.see("31 91");
  await terminal.see("xterm-256colortruecolor");
  await terminal.pty.resize(120, 40);
  await terminal.type("stty size\n");
  await terminal.see("40 120");
  await terminal.type("printf '\\033[31mr\\303\\244d\\033[0m\\n'\n");
  await terminal.see("\u001b[31mr\u00c3\u00a4d\u001b[0m");
  await terminal.type("exit 7\n");
  assert.deepEqual(await terminal.pty.exited, { code: 7 });
  await assert.rejects(terminal.type("x"));
  await terminal.pty.resize(10, 10);
  await terminal.pty.kill();
});

test("a file is put into the folder that the terminal is in, and never over another one", {
  skip,
}, async (t) => {
  const id = await docker.run("files");
  const path = join(await temporaryFolder(t), "file");
  await writeFile(path, randomBytes(300_000));
  const put = (name: string, mark: string) => putInContainer("files", { path, name, mark }, docker.env);
  assert.deepEqual(await put("a b.bin", "nobody"), { folder: "/", name: "a b.bin" });
  const mark = "of-the-test";
  const terminal = await openTerminal(dockerBackend("files", docker.env), { mark });
  await terminal.type("mkdir '/a folder'; cd '/a folder'; ln -s /nowhere it.txt; echo there-$((1 + 1))\n");
  await terminal.see("there-2");
  for (const name of ["it-2.txt", "it-3.txt"])
    assert.deepEqual(await put("it.txt", mark), { folder: "/a folder", name });
  const { size } = await stat(path);
  await terminal.type(`wc -c < it-3.txt; cmp it-2.txt '/a b.bin' && echo same-$((1 + 1))\n`);
  await terminal.see(String(size));
  await terminal.see("same-2");
  await terminal.type("cd /proc\n");
  await terminal.type("echo in-$((2 + 2))\n");
  await terminal.see("in-4");
  await assert.rejects(put("it.txt", mark), /files has not taken the file: No file can be made in \/proc\./);
  await terminal.pty.kill();
  await docker.engine.call("DELETE", `/containers/${id}?force=1`);
  await assert.rejects(put("it.txt", mark), /There is no container files/);
});

test("the program's own 255 is an exit code", { skip }, async () => {
  await docker.run("own-255");
  const request = { command: ["/bin/sh", "-c", "exit 255"] };
  const { pty } = await openTerminal(dockerBackend("own-255", docker.env), request);
  assert.deepEqual(await pty.exited, { code: 255 });
});

test("what is typed stays in order and whole when the program reads slowly", { skip }, async () => {
  await docker.run("slow");
  const command = ["/bin/sh", "-c", "stty raw -echo; echo ready; sleep 0.5; exec cat"];
  const terminal = await openTerminal(dockerBackend("slow", docker.env), { command });
  await terminal.see("ready");
  const lines = Array.from({ length: 20 }, (_, index) => `${index}:${"x".repeat(10_000)}\n`);
  await Promise.all(lines.map((line) => terminal.type(line)));
  await terminal.see(`19:${"x".repeat(10_000)}\n`);
  assert.ok(terminal.shown().replace(/^ready\r?\n/, "") === lines.join(""));
  await terminal.pty.kill();
});

test("ended with all that it started, the container and its other programs stay", { skip }, async () => {
  const id = await docker.run("killed");
  const other = await openTerminal(dockerBackend("killed", docker.env), sh);
  const terminal = await openTerminal(dockerBackend("killed", docker.env), sh);
  await other.type("sleep 777\n");
  await terminal.type("trap '' HUP; sleep 888 & sleep 888 & echo bac''kground\n");
  await terminal.see("background");
  assert.match(await processes(id), /sleep 888\n.*sleep 888/s);
  await terminal.pty.kill();
  const exit = await terminal.pty.exited;
  assert.ok(exit.lost === undefined && exit.code !== 0, JSON.stringify(exit));
  const left = await processes(id);
  assert.doesNotMatch(left, /sleep 888/);
  assert.match(left, /sleep 777/);
  await other.pty.kill();
});

for (const [what, verb, path] of [
  ["stopped", "POST", "/stop?t=5"],
  ["removed", "DELETE", "?force=1"],
  ["started anew", "POST", "/restart?t=5"],
] as const) {
  test(`a container that is ${what} in the middle loses the connection`, { skip }, async () => {
    const name = `gone-${what.replace(" ", "-")}`;
    const id = await docker.run(name);
    const terminal = await openTerminal(dockerBackend(name, docker.env), sh);
    await terminal.type("echo he''re\n");
    await terminal.see("here");
    await docker.engine.call(verb, `/containers/${id}${path}`);
    const reason = `The container ${name} was stopped, removed or started anew.`;
    assert.deepEqual(await terminal.pty.exited, { code: undefined, reason, lost: true });
    await terminal.pty.kill();
  });
}

test("failure 32: an exact name never takes a neighbour's container", { skip }, async () => {
  const first = await docker.run("terminal-1");
  const tenth = await docker.run("terminal-10");
  const names: [string, string][] = [
    ["terminal-1", first],
    ["terminal-10", tenth],
    [tenth.slice(0, 12), tenth],
  ];
  for (const [name, id] of names) {
    const request = { command: ["/bin/sh", "-c", "echo $HOSTNAME"] };
    const terminal = await openTerminal(dockerBackend(name, docker.env), request);
    await terminal.see(id.slice(0, 12));
    await terminal.pty.exited;
  }
  await docker.engine.call("DELETE", `/containers/${first}?force=1`);
  await assert.rejects(openTerminal(dockerBackend("terminal-1", docker.env)), {
    name: "BackendError",
    message: "There is no container terminal-1.",
  });
  const hosts = await dockerHosts(docker.env);
  assert.ok(hosts.includes("terminal-10") && !hosts.includes("terminal-1"), hosts.join());
});

test("what cannot be opened is told, with what to do", { skip }, async () => {
  const id = await docker.run("ended");
  await docker.engine.call("POST", `/containers/${id}/kill`);
  const cases: [string, RegExp, RegExp][] = [
    ["ended", /container ended does not run/, /docker start ended/],
    ["nobody", /no container nobody/, /./],
    ["../../x", /no container/, /./],
  ];
  for (const [name, message, hint] of cases) {
    await assert.rejects(openTerminal(dockerBackend(name, docker.env)), (error: BackendError) => {
      assert.ok(error instanceof BackendError);
      assert.match(error.message, message);
      assert.match(error.hint ?? "", hint);
      return true;
    });
  }
  const image = throwawayBackend({ image: "not-here:1", folder: "/tmp", state: "/tmp", env: docker.env });
  await assert.rejects(openTerminal(image), { hint: "Run: docker pull not-here:1" });
  const nowhere = { DOCKER_HOST: "unix:///nowhere.sock" };
  await assert.rejects(openTerminal(dockerBackend("x", nowhere)), /Docker does not answer \(ENOENT\)/);
  await docker.run("no-program");
  const missing = dockerBackend("no-program", docker.env);
  const { pty } = await openTerminal(missing, { command: ["/bin/not-there"] });
  assert.match((await pty.exited).reason ?? "", /not found in no-program/);
});

test("a throwaway container: the project, limits, and gone at the end", { skip }, async (t) => {
  const folder = await temporaryFolder(t);
  const backend = throwawayBackend({ image: IMAGE, folder, state: folder, env: docker.env });
  const terminal = await openTerminal(backend, sh);
  await terminal.type("touch made; echo $PWD; stty size; grep -E 'CapEff|NoNewPrivs' /proc/self/status\n");
  await terminal.see(folder);
  await terminal.see("31 91");
  // CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID
  await terminal.see(/CapEff:\s+00000000000000cb/);
  await terminal.see(/NoNewPrivs:\s+1/);
  await terminal.pty.resize(100, 20);
  await terminal.type("stty size\n");
  await terminal.see("20 100");
  assert.equal(statSync(join(folder, "made")).uid, process.getuid?.());
  const [container] = await ofProject(folder);
  const { HostConfig } = (await docker.engine.call("GET", `/containers/${container}/json`)) as {
    HostConfig: { Memory: number; PidsLimit: number };
  };
  assert.deepEqual([HostConfig.Memory, HostConfig.PidsLimit], [2 * 1024 ** 3, 512]);
  await terminal.type("exit 3\n");
  assert.deepEqual(await terminal.pty.exited, { code: 3 });
  assert.deepEqual(await ofProject(folder), []);
});

test("a throwaway container is removed when it is killed, and after a crash", { skip }, async (t) => {
  const folder = await temporaryFolder(t);
  const open = (of: string) =>
    openTerminal(throwawayBackend({ image: IMAGE, folder: of, state: of, env: docker.env }), sh);
  const killed = await open(folder);
  await killed.pty.kill();
  assert.deepEqual(await ofProject(folder), []);
  const neighbour = await temporaryFolder(t);
  const [left, stays] = [await open(folder), await open(neighbour)];
  assert.equal(await removeLeftContainers(folder, docker.env, []), 1);
  // By whom it was killed the engine may still tell, before the container is gone.
  const { code, reason } = await left.pty.exited;
  assert.ok(code === 137 || reason === "The container was removed.", `${code} ${reason}`);
  assert.deepEqual([(await ofProject(folder)).length, (await ofProject(neighbour)).length], [0, 1]);
  await stays.pty.kill();
});

test("over TCP, and a connection that is cut: the program there is ended", { skip }, async (t) => {
  const id = await docker.run("by-tcp");
  const open = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connect(docker.env.DOCKER_HOST?.slice("unix://".length) ?? "");
    for (const socket of [near, far]) open.add(socket.on("error", () => {}));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  t.after(() => relay.close());
  const { port } = relay.address() as AddressInfo;
  const backend = dockerBackend("by-tcp", { DOCKER_HOST: `tcp://127.0.0.1:${port}` });
  const terminal = await openTerminal(backend, { command: ["sh", "-c", "echo ready; sleep 999; :"] });
  await terminal.see("ready");
  for (const socket of open) socket.destroy();
  const reason = "The connection to Docker was lost.";
  assert.deepEqual(await terminal.pty.exited, { code: undefined, reason, lost: true });
  assert.doesNotMatch(await processes(id), /ready|sleep 999/);
});

test("an engine that is killed loses the connection", { skip }, async (t) => {
  const mine = await new DockerEngine().start();
  t.after(() => mine.stop());
  await mine.importImage();
  await mine.run("box");
  const terminal = await openTerminal(dockerBackend("box", mine.env), sh);
  await terminal.type("echo he''re\n");
  await terminal.see("here");
  await mine.crash();
  const reason = "Docker does not answer any more.";
  assert.deepEqual(await terminal.pty.exited, { code: undefined, reason, lost: true });
  await terminal.pty.kill();
  await mine.start();
});

async function ofProject(folder: string): Promise<string[]> {
  const all = (await docker.engine.call("GET", "/containers/json?all=1")) as {
    Id: string;
    Labels: Record<string, string>;
  }[];
  return all.filter(({ Labels }) => Labels["nanogent.state"] === folder).map(({ Id }) => Id);
}
