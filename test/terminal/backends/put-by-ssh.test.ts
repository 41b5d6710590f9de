import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { putBySsh } from "../../../src/terminal/backends/put-by-ssh.ts";
import { putElsewhere } from "../../../src/terminal/backends/put-elsewhere.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { noSsh } from "../../fakes/ssh-server.ts";
import { openTerminal } from "../../fakes/terminal-use.ts";
import { refusal, served } from "./ssh-project.ts";

test("a file is put into the home folder of the machine whose key is known, and never over another one", {
  skip: noSsh(),
}, async (t) => {
  const { backend, options, server } = await served(t);
  const path = join(await temporaryFolder(t), "file");
  const bytes = randomBytes(300_000);
  await writeFile(path, bytes);
  const stem = `nanogent-test it's ${randomBytes(6).toString("hex")}`;
  const put = (name: string) => putBySsh("web", { path, name }, options, process.env);
  await assert.rejects(
    put(`${stem}.bin`),
    refusal(/^web has not taken the file: Host key verification/, /^$/),
  );
  await (await openTerminal(backend("web"), { command: ["true"] })).pty.exited;
  const folder = homedir();
  const names = ["", "-2", "-3"].map((end) => `${stem}${end}.bin`);
  t.after(() => Promise.all(names.map((name) => rm(join(folder, name), { force: true }))));
  await symlink("/nowhere/at-all", join(folder, names[1] ?? ""));
  for (const name of [names[0], names[2]]) {
    assert.deepEqual(await put(`${stem}.bin`), { folder, name });
    assert.deepEqual(await readFile(join(folder, name ?? "")), bytes);
  }
  await server.kill();
  await assert.rejects(put(`${stem}.bin`), refusal(/^web has not taken the file: .*refused/, /^$/));
});

test("where no file can be put, that is said", async () => {
  const paths = {
    folder: "/",
    state: "/nowhere",
    sshHosts: "/nowhere",
    sshKeys: "/nowhere",
    knownHosts: "/nowhere",
  };
  const settings = { ssh: "openssh", vaultKey: undefined, dockerImage: undefined } as const;
  await assert.rejects(
    putElsewhere("kubectl:pod", { path: "/x", name: "x", mark: "" }, { paths, env: {}, settings }),
    refusal(/^Files cannot be put to kubectl:pod\.$/, /this machine/),
  );
});
