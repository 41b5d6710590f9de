import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { transcribe } from "../../src/files/transcribe.ts";
import { temporaryFolder } from "../fakes/folder.ts";

test("a program turns a file into text; what goes wrong is said", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "a $(touch pwned).oga");
  await writeFile(path, " spoken \n");
  const hear = (...command: string[]) =>
    transcribe(path, { command, folder, env: { ...process.env, TELEGRAM_BOT_TOKEN: "x" }, secrets: [] });
  assert.equal(await hear("cat"), "spoken");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  assert.equal(await hear("sh", "-c", 'echo "$1 ${TELEGRAM_BOT_TOKEN-none}"', "sh"), `${path} none`);
  const cases: [command: string[], words: RegExp][] = [
    [["true"], /true heard nothing/],
    [["false"], /false ended with 1 /],
    [
      ["sh", "-c", "echo no model >&2; exit 3"],
      /sh ended with 3, no model \(NANOGENT_TRANSCRIBE\)\. Send it as text\./,
    ],
    [["/nonexistent/whisper"], /cannot be started, ENOENT/],
  ];
  for (const [command, message] of cases)
    await assert.rejects(hear(...command), { message }, command.join(" "));
  assert.ok(!existsSync(join(folder, "pwned")));
});
