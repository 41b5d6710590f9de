import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import {
  fingerprintOf,
  forgetHost,
  lookUpHost,
  noteHost,
} from "../../../src/terminal/backends/known-hosts.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { makeKey, noSsh, fingerprintOf as realFingerprint } from "../../fakes/ssh-server.ts";

const skip = noSsh();

test("known hosts as OpenSSH keeps them", { skip }, async (t) => {
  const folder = await temporaryFolder(t);
  const keys = ["a", "b"].map((name) => {
    const path = makeKey(folder, name);
    const text = readFileSync(`${path}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
    return { path, text, bytes: Buffer.from(text.split(" ")[1] ?? "", "base64") };
  });
  const [a, b] = keys;
  assert.ok(a && b);
  assert.equal(fingerprintOf(a.bytes), realFingerprint(a.path));
  const file = join(folder, "known");
  const cases: [string, string, number, string][] = [
    [`web ${a.text}`, "web", 22, "known"],
    [`web ${a.text}`, "WEB", 22, "known"],
    [`web ${b.text}`, "web", 22, "changed"],
    [`web ${b.text}\nweb ${a.text}`, "web", 22, "known"],
    [`web ${a.text}`, "web", 2222, "unknown"],
    [`web ${a.text}`, "web-1", 22, "unknown"],
    [`[web]:2222 ${b.text}`, "web", 2222, "changed"],
    [`db,web,192.0.2.1 ${a.text} a comment`, "192.0.2.1", 22, "known"],
    [`*.example.org,!b.example.org ${a.text}`, "a.example.org", 22, "known"],
    [`*.example.org,!b.example.org ${a.text}`, "b.example.org", 22, "unknown"],
    [`# web ${b.text}`, "web", 22, "unknown"],
    [`@revoked web ${a.text}\nweb ${a.text}`, "web", 22, "changed"],
    [`web ${a.text}\n@revoked * ${a.text}`, "web", 22, "changed"],
    [`@cert-authority web ${b.text}`, "web", 22, "unknown"],
    [`web ssh-rsa AAAA`, "web", 22, "unknown"],
    ["", "web", 22, "unknown"],
  ];
  for (const [text, host, port, kind] of cases) {
    writeFileSync(file, `${text}\n`);
    assert.equal(lookUpHost([file], host, port, a.bytes).kind, kind, `${text} for ${host}:${port}`);
  }
  writeFileSync(file, `web ${b.text}\n[web]:2222 ${a.text}\n`);
  execFileSync("ssh-keygen", ["-H", "-f", file], { stdio: "ignore" });
  assert.deepEqual(lookUpHost([join(folder, "none"), file], "web", 22, a.bytes), {
    kind: "changed",
    file,
    line: 1,
  });
  assert.equal(lookUpHost([file], "web", 2222, a.bytes).kind, "known");
  noteHost(file, "New", 2222, a.bytes);
  assert.equal(lookUpHost([file], "new", 2222, a.bytes).kind, "known");
  assert.match(
    execFileSync("ssh-keygen", ["-F", "[new]:2222", "-f", file], { encoding: "utf8" }),
    /ssh-ed25519/,
  );
  forgetHost(file, "web", 2222);
  const kinds = [lookUpHost([file], "web", 2222, a.bytes), lookUpHost([file], "web", 22, b.bytes)];
  assert.deepEqual(kinds, [{ kind: "unknown" }, { kind: "known" }]);
});
