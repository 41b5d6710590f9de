import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { kubectlBackend, parsePod } from "../../../src/terminal/backends/kubectl.ts";
import { BackendError } from "../../../src/terminal/pty.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { openScriptPty } from "../../fakes/script-pty.ts";
import { openTerminal } from "../../fakes/terminal-use.ts";
import { has } from "../held.ts";
import { keptTerminals } from "../kept.ts";

const skip = process.platform !== "linux" && "the terminals of the tests need script(1) of Linux";

/**
 * Stands in for kubectl, as there is no cluster here: takes `exec -it [-n NS] POD [-c C] -- command`, runs that on this
 * machine, and says of itself what the real one says.
 */
const STAND_IN = `#!/bin/sh
[ "$1 $2" = "exec -it" ] || exit 64
shift 2
ns=default container=
while [ "$1" != -- ]; do
  case "$1" in
    -n) ns=$2; shift 2;;
    -c) container=$2; shift 2;;
    -*) exit 64;;
    *) pod=$1; shift;;
  esac
done
shift
case "$pod" in
  missing) echo "Error from server (NotFound): pods \\"missing\\" not found" >&2; exit 1;;
  forbidden) echo "Error from server (Forbidden): pods \\"forbidden\\" is forbidden" >&2; exit 1;;
  cut) "$@"; echo "error: unexpected EOF" >&2; exit 1;;
esac
[ -n "$container" ] || echo "Defaulted container \\"app\\" out of: app, side" >&2
POD=$ns/$pod/$container "$@"
code=$?
[ "$code" = 0 ] || echo "command terminated with exit code $code" >&2
exit $code
`;

async function cluster(t: TestContext) {
  const folder = await temporaryFolder(t);
  writeFileSync(join(folder, "kubectl"), STAND_IN, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env.PATH}`, TERM: "xterm-256color" };
  const open = (name: string, command: readonly string[] = []) =>
    openTerminal(kubectlBackend(name, { openPty: openScriptPty }), { command, env, cwd: folder });
  return { folder, env, open };
}

test("in a pod: typing, size, colours, exit code", { skip }, async (t) => {
  const { open } = await cluster(t);
  const terminal = await open("team/web-1:app", ["sh"]);
  await terminal.type("stty size; echo =$POD\n");
  await terminal.see("31 91");
  await terminal.see("=team/web-1/app");
  await terminal.pty.resize(120, 40);
  await terminal.type("stty size; printf '\\033[31mred\\033[0m\\n'\n");
  await terminal.see("40 120");
  await terminal.see("\u001b[31mred\u001b[0m");
  await terminal.type("exit 7\n");
  assert.deepEqual(await terminal.pty.exited, { code: 7 });
});

test("without a command it is a shell, of the pod's first container", { skip }, async (t) => {
  const terminal = await (await cluster(t)).open("web-1");
  await terminal.type("echo $0=$POD; exit\n");
  await terminal.see("sh=default/web-1/");
  assert.deepEqual(await terminal.pty.exited, { code: 0 });
});

test("kept in a pod: after a restart it goes on, and a lost connection is told", {
  skip: skip || (!has("tmux") && "tmux is not installed"),
}, async (t) => {
  const { env, folder } = await cluster(t);
  const cut = kubectlBackend("cut", { openPty: () => assert.fail("it is kept") });
  const { open, again } = await keptTerminals(t);
  const terminal = await open(cut, { command: ["sh"], env, cwd: folder });
  await terminal.type("X=kept\n");
  const next = await again(cut, terminal);
  await next.type("echo $X-still\n");
  await next.see("kept-still");
  await next.type("exit\n");
  const { reason, lost } = await next.pty.exited;
  assert.deepEqual([reason, lost], ["The connection to cut was lost: unexpected EOF", true]);
});

test("a program's own 1, a lost connection, and its end by force", { skip }, async (t) => {
  const { open } = await cluster(t);
  const own = await open("web-1:app", ["sh", "-c", "echo done; exit 1"]);
  assert.deepEqual(await own.pty.exited, { code: 1 });
  const cut = await open("cut", ["sh", "-c", "echo here"]);
  assert.deepEqual(await cut.pty.exited, {
    code: undefined,
    reason: "The connection to cut was lost: unexpected EOF",
    lost: true,
  });
  const killed = await open("web-1:app", ["sh", "-c", "echo here; sleep 100"]);
  await killed.pty.kill();
  assert.notEqual((await killed.pty.exited).lost, true);
});

test("what the cluster refuses is told, with what to do", { skip }, async (t) => {
  const { open } = await cluster(t);
  const cases: [string, RegExp, RegExp][] = [
    ["missing", /pods "missing" not found/, /get pods/],
    ["forbidden", /is forbidden/, /pods\/exec/],
    ["--kubeconfig=x", /no name of a pod/, /NAMESPACE\/POD/],
  ];
  for (const [name, message, hint] of cases) {
    await assert.rejects(open(name), (error: BackendError) => {
      assert.ok(error instanceof BackendError);
      assert.match(error.message, message);
      assert.match(error.hint ?? "", hint);
      return true;
    });
  }
});

test("failure 26: names of pods", () => {
  const pod = (namespace: string | undefined, name: string, container: string | undefined) => ({
    namespace,
    pod: name,
    container,
  });
  const cases: [string, ReturnType<typeof parsePod>][] = [
    ["web-1", pod(undefined, "web-1", undefined)],
    ["team/web-1", pod("team", "web-1", undefined)],
    ["team/web-1:app", pod("team", "web-1", "app")],
    ["web:app", pod(undefined, "web", "app")],
    ["-n", undefined],
    ["a/-c", undefined],
    ["a;b", undefined],
    ["$(x)", undefined],
    ["a/b/c", undefined],
    ["a\n", undefined],
    ["", undefined],
  ];
  for (const [name, target] of cases) assert.deepEqual(parsePod(name), target, name);
});
