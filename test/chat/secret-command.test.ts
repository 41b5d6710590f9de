import assert from "node:assert/strict";
import test from "node:test";
import { coveredText, readSecretCommand, secretArguments } from "../../src/chat/secret-command.ts";

test("what /secret asks for, and what of it may be written down", () => {
  const cases: [string, string, string][] = [
    ["/secret", "list", "/secret list"],
    ["/secret list", "list", "/secret list"],
    ["/secret set KEY", "ask", "/secret set KEY"],
    ["/secret SET  KEY ", "ask", "/secret set KEY"],
    ["/secret@NanoBot set KEY", "ask", "/secret set KEY"],
    ["/secret set KEY hunter2", "set", "/secret set KEY •••"],
    ["@NanoBot /secret set KEY hunter2", "set", "/secret set KEY •••"],
    ["/secret set KEY\nhunter2\nhunter3", "set", "/secret set KEY •••"],
    ["/secret set KEY •••", "set", "/secret set KEY •••"],
    ["/secret remove KEY", "remove", "/secret remove KEY"],
    // A value in the wrong place is a value nonetheless.
    ["/secret set hunter2", "bad-name", "/secret set •••"],
    ["/secret set key hunter2", "bad-name", "/secret set ••• •••"],
    ["/secret set PATH hunter2", "bad-name", "/secret set PATH •••"],
    ["/secret set HOME", "bad-name", "/secret set HOME"],
    ["/secret KEY hunter2", "unclear", "/secret •••"],
    ["/secret hunter2", "unclear", "/secret •••"],
    ["/secret list hunter2", "unclear", "/secret •••"],
    ["/secret remove hunter2", "unclear", "/secret •••"],
    ["/secret remove KEY hunter2", "unclear", "/secret •••"],
    ["/secret set", "unclear", "/secret •••"],
    ["/secret remove ssh:web", "unclear", "/secret •••"],
    // The key of a machine.
    ["/ssh key web", "ask", "/ssh key web"],
    ["/SSH@NanoBot  KEY  web-1.b ", "ask", "/ssh key web-1.b"],
    ["/ssh key web -----BEGIN\nhunter2", "set", "/ssh key web •••"],
    ["/ssh key web\n-----BEGIN\nhunter2", "set", "/ssh key web •••"],
    ["/ssh key -----BEGIN hunter2", "bad-name", "/ssh key •••"],
    ["/ssh key hunter2=", "bad-name", "/ssh key •••"],
    ["/ssh key •••", "bad-name", "/ssh key •••"],
    ["/ssh key", "bad-name", "/ssh key •••"],
    ["/ssh add web -----BEGIN OPENSSH PRIVATE KEY-----\nhunter2", "bad-name", "/ssh key •••"],
  ];
  for (const [text, kind, covered] of cases) {
    const command = readSecretCommand(secretArguments(text) ?? "no command");
    assert.equal(command.kind, kind, text);
    assert.equal(coveredText(command), covered, text);
  }
  const set = readSecretCommand("set KEY  two words\nand more");
  assert.deepEqual(set, { kind: "set", name: "KEY", value: "two words\nand more" });
});

test("other texts are no such command", () => {
  for (const text of [
    "",
    "secret set KEY x",
    "/secrets",
    "/secretly set KEY",
    "echo /secret set KEY x",
    "/ssh",
    "/ssh add web u@h",
    "/sshkey web",
  ])
    assert.equal(secretArguments(text), undefined, text);
});
