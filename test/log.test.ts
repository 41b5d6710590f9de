import assert from "node:assert/strict";
import test from "node:test";
import { createLog, type Log, type LogOptions, silentLog } from "../src/log.ts";
import { createSecrets } from "../src/secrets.ts";

const now = () => Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function lines(act: (log: Log) => void, options: Partial<LogOptions> = {}): string[] {
  const written: string[] = [];
  const secrets = createSecrets(["hunter22", 'q"uote\\d\n!']);
  act(createLog({ format: "text", secrets, write: (line) => written.push(line), now, ...options }));
  return written;
}

test("a text line is the time, the event and its fields", () => {
  const written = lines((log) => {
    log.info("agent started", { pid: 7, agent: "claude", model: undefined });
    log.warn("odd", { text: 'a "b" = c', list: [1], empty: "", nothing: null, no: false });
    log.error("failed", { error: new TypeError("no\nway") });
  });
  assert.deepEqual(written, [
    "2026-01-02 03:04:05 agent started pid=7 agent=claude",
    '2026-01-02 03:04:05 WARN odd text="a \\"b\\" = c" list=[1] empty="" nothing=null no=false',
    '2026-01-02 03:04:05 ERROR failed error="no\\nway"',
  ]);
});

test("a value cannot start a line of its own, nor act on the terminal", () => {
  const nasty = ["a\nERROR b", "a\r", "\x1b[2J", "\x07", "\u2028"];
  for (const format of ["text", "json"] as const) {
    for (const line of nasty.flatMap((text) => lines((log) => log.info("e", { text }), { format }))) {
      assert.doesNotMatch(line, /[\x00-\x1f\x7f]/);
    }
  }
});

test("a JSON line holds the same and can be read again", () => {
  const [line] = lines((log) => log.error("failed", { job: "1", error: new TypeError("no way") }), {
    format: "json",
  });
  const { stack, ...error } = JSON.parse(line ?? "").error;
  assert.match(stack, /TypeError: no way/);
  assert.deepEqual(
    { ...JSON.parse(line ?? ""), error },
    {
      time: "2026-01-02T03:04:05.678Z",
      level: "error",
      event: "failed",
      job: "1",
      error: { name: "TypeError", message: "no way" },
    },
  );
});

test("failure 21: no secret gets out, in whatever field and form it comes", () => {
  const carriers: ((log: Log, secret: string) => void)[] = [
    (log, secret) => log.info("e", { secret }),
    (log, secret) => log.info("e", { url: `https://h/bot${secret}/x` }),
    (log, secret) => log.warn("e", { deep: { list: [{ secret }] } }),
    (log, secret) => log.error("e", { error: new Error(`at ${secret}`) }),
    (log, secret) => log.error(`event ${secret}`),
    (log, secret) => log.info("e", { [secret]: 1 }),
  ];
  for (const format of ["text", "json"] as const) {
    for (const secret of ["hunter22", 'q"uote\\d\n!']) {
      for (const carry of carriers) {
        const [line = ""] = lines((log) => carry(log, secret), { format });
        assert.ok(line.includes("••••"), line);
        assert.ok(!line.includes("hunter22") && !line.includes("uote"), line);
      }
    }
  }
});

test("debug lines are for those who ask", () => {
  assert.deepEqual(
    lines((log) => log.debug("e")),
    [],
  );
  assert.deepEqual(
    lines((log) => log.debug("e"), { debug: true }),
    ["2026-01-02 03:04:05 DEBUG e"],
  );
  silentLog.error("nobody hears it");
});
