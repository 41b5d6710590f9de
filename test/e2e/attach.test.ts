import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import test, { type TestContext } from "node:test";
import { hostBackend } from "../../src/terminal/host/host-pty.ts";
import { commandOf, processesWhere } from "../fakes/processes.ts";
import { openScriptPty } from "../fakes/script-pty.ts";
import { openTerminal as openScreen } from "../fakes/terminal.ts";
import { openTerminal, type UsedTerminal } from "../fakes/terminal-use.ts";
import { neighbour } from "./door-project.ts";
import { BUNDLE } from "./project.ts";

const HAS_TMUX = (() => {
  try {
    execFileSync("tmux", ["-V"]);
    return true;
  } catch {
    return false;
  }
})();
const SHELL = "PS1='$ ' exec bash --norc --noprofile";
const CTRL_BACKSLASH = "\x1c";

/** A terminal in which a shell attaches, and says afterwards how that ended and what became of the terminal. */
async function desk(
  t: TestContext,
  { folder, env }: { folder: string; env: NodeJS.ProcessEnv },
  words: string,
  size = { columns: 100, rows: 30 },
): Promise<UsedTerminal> {
  const verb = `'${process.execPath}' '${BUNDLE}' attach ${words}`;
  const command = [
    "sh",
    "-c",
    `${verb}; echo "code $?"; stty -a | tr ';\\n' '  '; echo; echo over; exec cat`,
  ];
  const terminal = await openTerminal(
    { ...hostBackend, open: openScriptPty },
    { command, cwd: folder, env, ...size },
  );
  t.after(() => terminal.pty.kill());
  return terminal;
}

test("a terminal is attached: typed into, resized, looked at by others, left, found again after a restart, and ended", {
  skip: !HAS_TMUX,
}, async (t) => {
  const home = await neighbour(t, undefined, { NANOGENT_PERSIST: "tmux" });
  const bridge = await home.start();
  const here = { folder: home.folder, env: home.env };
  assert.equal((await home.nanogent(["spawn", "--id", "sh", SHELL])).said, "term-1\n");
  const ada = await desk(t, here, "");
  await ada.see("$ ");
  await ada.type("stty size; echo $NANOGENT_SESSION\r");
  await ada.see(/30 100\r\nterm-1/);
  await ada.pty.resize(120, 40);
  await ada.type("until [ \"$(stty size)\" = '40 120' ]; do sleep 0.1; done; echo as large\r");
  await ada.see("\ras large\r\n");
  // Who only looks neither types nor changes the size.
  const bob = await desk(t, here, "sh --read", { columns: 60, rows: 10 });
  await bob.see("as large");
  await bob.type("touch typed\r");
  await ada.type("ls typed; stty size\r");
  await bob.see(/cannot access 'typed'[\s\S]*40 120/);
  await bob.type("\x03");
  await bob.see("[term-1 (sh): left, and goes on.");
  await bob.see("code 0");
  await ada.type(`echo before${CTRL_BACKSLASH}`);
  await ada.see("[term-1 (sh): left, and goes on.");
  const left = await ada.see(/code 0[\s\S]*over/);
  assert.match(left, / icanon /);
  assert.match(left, / echo /);
  assert.equal(await bridge.stop(), 0);
  const next = await home.start();
  const again = await desk(t, here, "sh --detach C-a");
  await again.see("echo before");
  await again.type(`; kill -QUIT $$ ${CTRL_BACKSLASH}\x15echo mo''re\r`);
  await again.see("more");
  await next.stop();
  await again.see("cut off, the bridge has ended");
  await again.see(/code 3[\s\S]* icanon /);
  await home.start();
  const last = await desk(t, here, "");
  await last.see("more");
  await last.type("exit 7\r");
  await last.see("[term-1 (sh): ended with exit code 7]");
  await last.see("code 0");
});

test("which one is asked, what a program has set is undone, and a terminal does not show itself", async (t) => {
  const home = await neighbour(t, undefined, { NANOGENT_PERSIST: "off" });
  await home.start();
  const here = { folder: home.folder, env: home.env };
  assert.equal((await home.nanogent(["attach"])).code, 2);
  const none = await desk(t, here, "");
  await none.see("No terminal is open. Open one: nanogent spawn");
  await none.see("code 4");
  await home.nanogent(["spawn", "--id", "one", SHELL]);
  await home.nanogent(["spawn", "--id", "two", SHELL]);
  const missing = await desk(t, here, "on");
  await missing.see("There is no such terminal. Those that are there: nanogent list");
  await missing.see("code 4");
  const screen = openScreen(`'${process.execPath}' '${BUNDLE}' attach`, {
    cwd: home.folder,
    env: home.env,
  });
  t.after(() => screen.kill());
  await screen.shows(/term-2 {2}two[\s\S]*Which one\?/);
  screen.type("nonsense\r");
  await screen.shows(/By its id, its number or its name:/);
  screen.type("2\r");
  await screen.shows(/^\$ ?$/m);
  // What it asks its terminal is answered once, and not here.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
  screen.type("printf '\\033[6n'; read -rsd R at; read -rst 1 more; echo \"${#at} ${#more}.\"\r");
  await screen.shows(/^[5-8] 0\.$/m);
  screen.type(`'${process.execPath}' '${BUNDLE}' attach two\r`);
  await screen.shows(/This is term-2 itself/);
  screen.type(
    "printf '\\033[?1049h\\033[?1h\\033[?1003h\\033[?1006h\\033[?25l\\033[3;5r\\033[31mas %s' set; cat\r",
  );
  await screen.shows(/as set/);
  const { modes, buffer } = screen.terminal;
  assert.deepEqual([buffer.active.type, modes.mouseTrackingMode], ["alternate", "any"]);
  screen.type(CTRL_BACKSLASH);
  await screen.shows(/\[term-2 \(two\): left, and goes on/);
  assert.equal(await screen.exited, 0);
  const after = screen.terminal.modes;
  assert.deepEqual(
    [screen.terminal.buffer.active.type, after.mouseTrackingMode, after.applicationCursorKeysMode],
    ["normal", "none", false],
  );
  assert.equal(after.bracketedPasteMode, false);
  // Ended from elsewhere, it leaves the terminal as it was.
  const killed = await desk(t, here, "one");
  await killed.see("$ ");
  const [pid = 0] = processesWhere((cwd) => cwd === home.folder).filter((each) =>
    /nanogent\.mjs attach one\s*$/.test(commandOf(each)),
  );
  process.kill(pid, "SIGTERM");
  await killed.see(/\[term-1 \(one\): left\][\s\S]*code 143[\s\S]* icanon /);
});
