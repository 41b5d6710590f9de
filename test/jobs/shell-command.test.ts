import assert from "node:assert/strict";
import test from "node:test";
import { shellFault } from "../../src/jobs/shell-access.ts";
import { commandOf, isEmptyCommand, isShellCommand, withoutEscape } from "../../src/jobs/shell-command.ts";

const draft = (text: string, files: readonly string[] = []) => ({ parts: [{ messageId: 1, text }], files });

test("a prompt that begins with ! is a command, and what it is then", () => {
  const cases: [text: string, command: string | undefined][] = [
    ["!ls", "ls"],
    ["! ls -l", "ls -l"],
    ["!!grep x", "!grep x"],
    ["!cd sub\nls", "cd sub\nls"],
    ["ls!", undefined],
    [" !ls", undefined],
    ["\\!ls", undefined],
    ["", undefined],
  ];
  for (const [text, command] of cases) {
    assert.equal(isShellCommand(draft(text)), command !== undefined, text);
    if (command !== undefined) assert.equal(commandOf({ ...draft(text), shell: true }, "/p"), command);
  }
  assert.deepEqual(
    ["!", "! \n", "!x", ""].map((text) => isEmptyCommand(draft(text))),
    [true, true, false, false],
  );
});

test("where the shell is the agent, only a ! that cannot be the shell's own is left out", () => {
  const cases: [text: string, command: string][] = [
    ["ls", "ls"],
    ["!ls", "ls"],
    ["! grep -q x file", "! grep -q x file"],
  ];
  for (const [text, command] of cases) assert.equal(commandOf(draft(text), "/p"), command);
});

test("files are the command's arguments, wherever the shell is; without a command they are listed", () => {
  const files = [".nanogent/uploads/1-it's.txt", "/p/b"];
  const names = `'/p/.nanogent/uploads/1-it'\\''s.txt' '/p/b'`;
  assert.equal(commandOf(draft("cat $1", files), "/p"), `set -- ${names}\ncat $1`);
  assert.equal(commandOf(draft("", files), "/p"), `ls -l -- ${names}`);
});

test("a backslash makes a prompt of it, and only there", () => {
  const cases: [text: string, prompt: string][] = [
    ["\\!important", "!important"],
    ["\\\\!x", "\\\\!x"],
    ["a \\!x", "a \\!x"],
    ["\\n", "\\n"],
  ];
  for (const [text, prompt] of cases) assert.equal(withoutEscape(text), prompt);
});

test("who may use the shell, and where", () => {
  const [here, group] = [{ chatId: 7 }, { chatId: -7 }];
  const cases: [...Parameters<typeof shellFault>, fault: RegExp | undefined][] = [
    ["on", "owner", here, undefined],
    ["on", "owner", group, /off in groups/],
    ["on", "guest", here, /for owners/],
    ["on", undefined, here, /for owners/],
    ["groups", "owner", group, undefined],
    ["groups", "guest", group, /for owners/],
    ["off", "owner", here, /NANOGENT_SHELL=off/],
  ];
  for (const [use, role, place, fault] of cases) {
    const found = shellFault(use, role, place);
    if (fault) assert.match(found ?? "", fault);
    else assert.equal(found, undefined, `${use} ${role}`);
  }
});
