import assert from "node:assert/strict";
import test from "node:test";
import { prepareState, projectPaths } from "../../../src/project.ts";
import { addedHosts } from "../../../src/terminal/backends/added-hosts.ts";
import {
  backendElsewhere,
  type ElsewhereOptions,
  hostsElsewhere,
} from "../../../src/terminal/backends/elsewhere.ts";
import { temporaryFolder } from "../../fakes/folder.ts";

test("places by name; an engine that does not answer takes none of the others away", async (t) => {
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  addedHosts(paths.sshHosts).set("web", { host: "example.org" });
  const options = (dockerImage?: string): ElsewhereOptions => ({
    paths,
    env: { DOCKER_HOST: "unix:///nowhere.sock" },
    settings: { ssh: "openssh", vaultKey: undefined, dockerImage },
    openPty: () => assert.fail("nothing is opened"),
  });
  const hosts = await hostsElsewhere(options("node:22"));
  assert.ok(hosts.includes("ssh:web") && !hosts.some((host) => host.startsWith("docker")), hosts.join());
  const kinds: [string, string][] = [
    ["ssh:web", "ssh"],
    ["docker", "docker"],
    ["docker:web", "docker"],
    ["kubectl:team/web:app", "kubectl"],
  ];
  const confirm = async () => true;
  for (const [where, kind] of kinds)
    assert.equal(backendElsewhere(where, options("node:22"), confirm).name, kind, where);
  const request = { command: [], cwd: "/", env: {}, columns: 80, rows: 24, mark: "x", onData() {} };
  await assert.rejects(backendElsewhere("docker", options(), confirm).open(request), /no image/);
  for (const where of ["", "host", "web", "SSH:web", "ftp:web"])
    assert.throws(() => backendElsewhere(where, options(), confirm), /no place for a terminal/, where);
});
