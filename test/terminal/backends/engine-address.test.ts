import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { engineAddress } from "../../../src/terminal/backends/engine-address.ts";
import { mountPoint } from "../../../src/terminal/backends/own-container.ts";
import { temporaryFolder } from "../../fakes/folder.ts";

test("the engine is looked for as docker does it", async (t) => {
  const home = await temporaryFolder(t);
  const meta = join(home, ".docker", "contexts", "meta", createHash("sha256").update("far").digest("hex"));
  mkdirSync(meta, { recursive: true });
  const endpoint = { Name: "far", Endpoints: { docker: { Host: "unix:///far.sock" } } };
  writeFileSync(join(meta, "meta.json"), JSON.stringify(endpoint));
  const cases: [NodeJS.ProcessEnv, object][] = [
    [{ DOCKER_HOST: "unix:///x/y.sock" }, { socketPath: "/x/y.sock" }],
    [{ DOCKER_HOST: "tcp://192.0.2.1:2376" }, { host: "192.0.2.1", port: 2376 }],
    [{ DOCKER_HOST: "tcp://[::1]" }, { host: "::1", port: 2375 }],
    [{ DOCKER_HOST: "unix:///x.sock", DOCKER_CONTEXT: "far" }, { socketPath: "/x.sock" }],
    [{ DOCKER_CONTEXT: "far" }, { socketPath: "/far.sock" }],
    [{ DOCKER_CONTEXT: "default", DOCKER_HOST: "" }, { socketPath: "/var/run/docker.sock" }],
  ];
  for (const [env, address] of cases)
    assert.deepEqual(engineAddress({ HOME: home, ...env }), address, JSON.stringify(env));
  writeFileSync(join(home, ".docker", "config.json"), JSON.stringify({ currentContext: "far" }));
  assert.deepEqual(engineAddress({ HOME: home }), { socketPath: "/far.sock" });
  for (const env of [
    { DOCKER_HOST: "ssh://x" },
    { DOCKER_HOST: "npipe:////./pipe/docker" },
    { DOCKER_HOST: "x" },
    { DOCKER_HOST: "tcp://192.0.2.1", DOCKER_TLS_VERIFY: "1" },
    { DOCKER_CONTEXT: "none" },
  ])
    assert.throws(() => engineAddress({ HOME: home, ...env }), { name: "BackendError" }, JSON.stringify(env));
});

test("where the project is in a container", () => {
  const cases: [string, string][] = [
    ["/home/ada/project", "/home/ada/project"],
    ["/root/project", "/root/project"],
    ["/usrlocal/x", "/usrlocal/x"],
    ["/usr/src/project", "/work"],
    ["/etc", "/work"],
    ["/lib64/x", "/work"],
    ["/", "/work"],
    ["C:\\project", "/work"],
  ];
  for (const [folder, place] of cases) assert.equal(mountPoint(folder), place, folder);
});
