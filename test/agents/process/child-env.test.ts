import assert from "node:assert/strict";
import test from "node:test";
import { childEnv } from "../../../src/agents/process/child-env.ts";

test("the bridge's own variables and secrets stay behind, the mark is set", () => {
  const env = {
    PATH: "/bin",
    EMPTY: "",
    TELEGRAM_BOT_TOKEN: "123:abc",
    TELEGRAM_ANYTHING: "x",
    BOT: "123:abc",
    OTHER: "123:abcd",
    NANOGENT_JOB: "of-an-outer-bridge",
  };
  assert.deepEqual(childEnv(env, ["123:abc", ""], "job-1"), {
    PATH: "/bin",
    EMPTY: "",
    OTHER: "123:abcd",
    NANOGENT_JOB: "job-1",
  });
});
