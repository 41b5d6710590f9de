import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { previewOf } from "../../src/files/preview.ts";
import { agentPrompt } from "../../src/jobs/agent-prompt.ts";
import { prepareState, projectPaths } from "../../src/project.ts";
import { temporaryFolder } from "../fakes/folder.ts";

test("a text is told by its first lines, anything else is not looked into", async (t) => {
  const folder = await temporaryFolder(t);
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);
  const cases: [name: string, content: string | Buffer, preview: string | undefined][] = [
    ["short.txt", "one\r\ntwo\n", "one\ntwo"],
    ["long.txt", lines.join("\n"), [...lines.slice(0, 8), "…"].join("\n")],
    ["wide.txt", "x".repeat(500), "x".repeat(160)],
    // 2048 bytes end within a character.
    ["cut.txt", "大".repeat(1000), `${"大".repeat(160)}\n…`],
    ["text.PNG", "x", undefined],
    ["empty.txt", "", undefined],
    ["binary", Buffer.from([0xff, 0xd8, 0xff]), undefined],
    ["zero", "a\0b", undefined],
    ["large.txt", "x".repeat(256 * 1024 + 1), undefined],
  ];
  for (const [name, content, preview] of cases) {
    await writeFile(join(folder, name), content);
    assert.equal(await previewOf(join(folder, name)), preview, name);
  }
  await symlink("short.txt", join(folder, "link.txt"));
  assert.equal(await previewOf(join(folder, "link.txt")), undefined);
  assert.equal(await previewOf(join(folder, "nowhere.txt")), undefined);
});

test("an agent is told what the prompt replies to and how its files begin, but of no file that was not sent", async (t) => {
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  mkdirSync(paths.uploads);
  await writeFile(join(paths.uploads, "1-a.txt"), "one\ntwo\n");
  await writeFile(join(paths.folder, "own.txt"), "own");
  const files = [".nanogent/uploads/1-a.txt", "own.txt", ".nanogent/uploads/../../own.txt"];
  const parts = [{ messageId: 1, text: "look", quote: "> Bob wrote:\n> x" }];
  assert.equal(
    await agentPrompt({ parts, files }, paths),
    `> Bob wrote:\n> x\n\nlook\n\nFiles that were sent with this message:\n${files.map((file) => `- ${file}\n`).join("")}\n.nanogent/uploads/1-a.txt begins:\n    one\n    two`,
  );
});
