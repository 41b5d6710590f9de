import assert from "node:assert/strict";
import test from "node:test";
import { shellHealth } from "../../../src/agents/shell/health.ts";

test("the shell is the one that runs commands", () => {
  const usual = { name: "agent", state: "pass", words: "shell: /bin/sh" };
  const instead = (shell: string) => ({
    name: "agent",
    state: "warning",
    words: `The shell that SHELL names (${shell}) cannot be executed, so commands run with /bin/sh.`,
    fix: "Set SHELL to the absolute path of a shell.",
  });
  const cases: [env: NodeJS.ProcessEnv, found: object][] = [
    [{ SHELL: "/bin/sh" }, usual],
    [{}, usual],
    [{ SHELL: "" }, usual],
    [{ SHELL: "/no/shell" }, instead("/no/shell")],
    [{ SHELL: "sh" }, instead("sh")],
  ];
  for (const [env, found] of cases) assert.deepEqual(shellHealth(env), found);
});
