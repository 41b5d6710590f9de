import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { meetPatient } from "../../src/doctor/patient.ts";
import { settings } from "../../src/doctor/settings.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { lines, patient, TOKEN } from "./patients.ts";

test("every problem of .env is a failure with its line and its remedy, every oddity a warning", async (t) => {
  const cases: [line: string, found: string[]][] = [
    ["NANOGENT_AGENT=shell", [".env pass: The settings make sense."]],
    [
      "nonsense",
      [
        ".env fail: A line (.env line 3) is neither KEY=value nor a comment. → Put a # in front of it, or write it as KEY=value.",
      ],
    ],
    [
      "NANOGENT_LOG=loud",
      ['.env fail: NANOGENT_LOG (.env line 3) "loud" is not one of its values. → Use text, json.'],
    ],
    [
      "NANOGENT_MODLE=opus",
      [
        ".env warning: NANOGENT_MODLE (.env line 3) is not a key that nanogent knows; it has no effect. → Did you mean NANOGENT_MODEL?",
      ],
    ],
    [
      "TELEGRAM_ALLOWED_CHAT_IDS=-5",
      [
        ".env warning: TELEGRAM_ALLOWED_CHAT_IDS lists groups only, so nobody may use the bot. → Add the people to TELEGRAM_ALLOWED_USER_IDS.",
      ],
    ],
  ];
  for (const [line, found] of cases) {
    assert.deepEqual(lines(settings(await patient(t, { lines: [line] }))), found, line);
  }
  const several = settings(await patient(t, { lines: ["a b", "NANOGENT_LOG=loud", "NANOGENT_MODLE=opus"] }));
  assert.deepEqual(
    several.map(({ state }) => state),
    ["fail", "fail", "warning"],
  );
});

test("a .env that is missing, or no file, is told without waiting for it", async (t) => {
  const cases: [make: (path: string) => void, env: NodeJS.ProcessEnv, found: RegExp][] = [
    [() => {}, {}, /^\.env fail: TELEGRAM_BOT_TOKEN \(\.env\) is not set\. → Ask @BotFather/],
    [() => {}, { TELEGRAM_BOT_TOKEN: TOKEN }, /^\.env pass: There is none\. The environment has all/],
    [(path) => mkdirSync(path), {}, /^\.env fail: The file \(\.env\) is not a file\. → Move it away\.$/],
    [(path) => execFileSync("mkfifo", [path]), {}, /^\.env fail: The file \(\.env\) is not a file\./],
    [(path) => symlinkSync(".env", path), {}, /^\.env fail: The file \(\.env\) cannot be read/],
  ];
  for (const [make, env, found] of cases) {
    const folder = await temporaryFolder(t);
    make(join(folder, ".env"));
    const root = { TELEGRAM_API_ROOT: "http://127.0.0.1:1" };
    const met = meetPatient({ folder, env: { ...root, ...env }, telegram: true });
    t.after(() => met.close());
    const [first = "", ...others] = lines(settings(met));
    assert.match(first, found);
    assert.deepEqual(others, []);
  }
});

test("a .env that is open to others is closed, but not through a link", async (t) => {
  const open = await patient(t);
  chmodSync(open.paths.env, 0o644);
  const look = () => settings(meetPatient({ ...open, telegram: false }));
  assert.deepEqual(lines(look()), [
    ".env warning: .env can be read by other users of this machine. → Close it: chmod 600 .env",
  ]);
  assert.equal(look()[0]?.mend?.(), "Made .env readable by you only.");
  assert.equal(statSync(open.paths.env).mode & 0o777, 0o600);
  assert.equal(look()[0]?.state, "pass");

  const elsewhere = join(open.folder, "elsewhere");
  renameSync(open.paths.env, elsewhere);
  chmodSync(elsewhere, 0o644);
  symlinkSync("elsewhere", open.paths.env);
  assert.throws(() => look()[0]?.mend?.(), /symbolic link/);
  assert.equal(statSync(elsewhere).mode & 0o777, 0o644);
});
