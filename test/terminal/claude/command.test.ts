import assert from "node:assert/strict";
import test from "node:test";
import { readClaudeCommand } from "../../../src/terminal/claude/command.ts";

test("a command is Claude Code by its first word, and says when it does not ask", () => {
  const cases: readonly [
    command: string,
    program: string,
    label: string | undefined,
    run: string | undefined,
  ][] = [
    ["claude", "claude", "claude", "claude --settings '/f'"],
    [" claude  --model opus ", "claude", "claude  --model opus", "claude --settings '/f'  --model opus"],
    ["claude", "/opt/my claude", "claude", "'/opt/my claude' --settings '/f'"],
    ["/opt/claude -c", "/opt/claude", "claude -c", "/opt/claude --settings '/f' -c"],
    [
      "claude --dangerously-skip-permissions -c",
      "claude",
      "Claude without permissions -c",
      "claude --settings '/f' --dangerously-skip-permissions -c",
    ],
    [
      "claude --permission-mode bypassPermissions",
      "claude",
      "Claude without permissions",
      "claude --settings '/f' --permission-mode bypassPermissions",
    ],
    [
      "claude --allow-dangerously-skip-permissions",
      "claude",
      "claude --allow-dangerously-skip-permissions",
      undefined,
    ],
    ["claude 'say\n it'", "claude", "claude 'say\n it'", "claude --settings '/f' 'say\n it'"],
    ["claude-code", "claude", undefined, undefined],
    ["echo claude", "claude", undefined, undefined],
    ["", "claude", undefined, undefined],
  ];
  for (const [command, program, label, run] of cases) {
    const read = readClaudeCommand(command, program);
    assert.equal(read?.label, label, command);
    if (run !== undefined) assert.equal(read?.withSettings("/f"), run);
  }
  for (const [rest, has] of [
    [" --settings x.json", true],
    [" --settings={}", true],
    [" --settings-not", false],
  ] as const)
    assert.equal(readClaudeCommand(`claude${rest}`, "claude")?.hasSettings, has, rest);
});
