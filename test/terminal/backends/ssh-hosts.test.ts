import assert from "node:assert/strict";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { addedHosts, parseAddress } from "../../../src/terminal/backends/added-hosts.ts";
import { configHosts } from "../../../src/terminal/backends/ssh-hosts.ts";
import { temporaryFolder } from "../../fakes/folder.ts";

test("the hosts of a configuration: without patterns, with what it includes", async (t) => {
  const folder = await temporaryFolder(t);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, "config.d"));
  write(
    "config",
    `Include config.d/*.conf not-there
# Host commented
Host web  db # Host behind
  HostName web.example.org
host=equals
HOST "quoted" *.example.org !not web-? -oProxyCommand=x
Match host matched
  Include ${join(folder, "absolute")}
Include config
`,
  );
  write("config.d/1.conf", "Host first\n");
  write("config.d/2.conf", "Host second web\n");
  write("config.d/3.other", "Host third\n");
  write("config.d/.hidden.conf", "Host hidden\n");
  write("absolute", "Host absolute\r\n");
  const hosts = ["first", "second", "web", "db", "equals", "quoted", "absolute"];
  assert.deepEqual(configHosts(join(folder, "config")), hosts);
  assert.deepEqual(configHosts(join(folder, "none")), []);
});

test("addresses", () => {
  const cases: [string, ReturnType<typeof parseAddress>][] = [
    ["example.org", { host: "example.org" }],
    ["root@example.org", { host: "example.org", user: "root" }],
    ["root@example.org:2222", { host: "example.org", user: "root", port: 2222 }],
    ["192.0.2.1:22", { host: "192.0.2.1", port: 22 }],
    ["u@[2001:db8::1]:2222", { host: "2001:db8::1", user: "u", port: 2222 }],
    ["2001:db8::1", { host: "2001:db8::1" }],
    ["a@b@example.org", { host: "example.org", user: "a@b" }],
    ["-oProxyCommand=x", undefined],
    ["-l@example.org", undefined],
    ["u@-x", undefined],
    ["example.org:0", undefined],
    ["example.org:70000", undefined],
    ["a b", undefined],
    ["$(x)", undefined],
    ["u@h;x", undefined],
    ["h\nx", undefined],
    ["", undefined],
  ];
  for (const [text, address] of cases) assert.deepEqual(parseAddress(text), address, text);
});

test("added machines are kept for their owner only; what was not written by nanogent is left out", async (t) => {
  const path = join(await temporaryFolder(t), "ssh-hosts.json");
  const hosts = addedHosts(path);
  hosts.set("web", { host: "example.org", user: "root", port: 2222 });
  hosts.set("web-1", { host: "192.0.2.1" });
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(hosts.remove("web"), true);
  assert.equal(hosts.remove("web"), false);
  assert.deepEqual([...addedHosts(path).all()], [["web-1", { host: "192.0.2.1" }]]);
  for (const name of ["-x", "a b", "", "x".repeat(65), "a/b"])
    assert.throws(() => hosts.set(name, { host: "h" }), { name: "BackendError" }, name);
  const odd = { ok: { host: "h" }, "-x": { host: "h" }, bad: { host: "-oX" }, worse: null, none: {} };
  writeFileSync(path, JSON.stringify(odd));
  assert.deepEqual([...hosts.all().keys()], ["ok"]);
});
