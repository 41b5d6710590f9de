import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test from "node:test";
import { commandScript, joinWords } from "../../../src/agents/codex/shell-words.ts";

test("a command is shown without the shell around it", () => {
  const cases: [command: string, script: string][] = [
    ["/bin/bash -lc 'ls; pwd'", "ls; pwd"],
    ["/bin/zsh -lc ls", "ls"],
    ["bash -c 'echo a\nb'", "echo a\nb"],
    [`/bin/sh -lc "echo 'a' \\"b\\" \\$HOME \\n"`, `echo 'a' "b" $HOME \\n`],
    ["/bin/bash -lc 'it'\\''s'", "it's"],
    ["/bin/bash -lc ''", ""],
    ["ls -la", "ls -la"],
    ["/bin/bash -lc 'ls", "/bin/bash -lc 'ls"],
    ["/bin/bash -lc ls more", "/bin/bash -lc ls more"],
    ["/bin/bash script.sh", "/bin/bash script.sh"],
    ["", ""],
  ];
  for (const [command, script] of cases) assert.equal(commandScript(command), script, command);
});

test("joined words are split by a shell at the same places", () => {
  const cases = [["ls"], ["touch", "a b"], ["bash", "-lc", 'it\'s $HOME; echo "x"\n*'], ["x", ""]];
  for (const words of cases) {
    const split = execFileSync("/bin/sh", ["-c", `printf '%s\\0' ${joinWords(words)}`], { encoding: "utf8" });
    assert.deepEqual(split.split("\0").slice(0, -1), words);
  }
  assert.equal(joinWords(["git", "commit", "-m", "x y"]), "git commit -m 'x y'");
});
