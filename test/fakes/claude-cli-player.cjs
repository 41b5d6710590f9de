// Plays a scenario of claude-cli.ts. Plain JavaScript, so that it starts in 40 ms.
const { appendFileSync, existsSync, readFileSync, writeFileSync, writeSync } = require("node:fs");
const { spawn, spawnSync } = require("node:child_process");
const { join, resolve } = require("node:path");
const { createInterface } = require("node:readline");

exports.play = async function play(dir) {
  const log = (record) => appendFileSync(join(dir, "claude.log"), `${JSON.stringify(record)}\n`);
  const { pid, argv, env } = process;
  log({ pid, args: argv.slice(2), cwd: process.cwd(), env });
  const input = readInput((line) => log({ from: pid, input: line }));
  const scenario = JSON.parse(readFileSync(join(dir, "claude.scenario.json"), "utf8"));
  for (const step of Array.isArray(scenario) ? scenario : await chooseByPrompt(scenario, input)) {
    await perform(step, input, dir);
  }
  await input.end;
  process.exit(0);
};

/** Lines of stdin, kept until a step wants them. `take` is undefined at the end. */
function readInput(onLine) {
  const waiting = [];
  let wake = () => {};
  let isOver = false;
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (text) => {
    const line = JSON.parse(text);
    onLine(line);
    waiting.push(line);
    wake();
  });
  const end = new Promise((resolve) => {
    lines.on("close", () => {
      isOver = true;
      wake();
      resolve();
    });
  });
  return {
    end,
    async take(fits) {
      for (;;) {
        const index = waiting.findIndex(fits);
        if (index >= 0) return waiting.splice(0, index + 1).at(-1);
        if (isOver) return undefined;
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
    },
    async wait(fits) {
      while (!waiting.some(fits) && !isOver) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      return waiting.find(fits);
    },
  };
}

const isPrompt = (line) => line.type === "user";
const promptOf = (line) => {
  const content = line?.message.content ?? "";
  return typeof content === "string" ? content : content.map((part) => part.text ?? "").join("");
};

async function chooseByPrompt({ initialize = [], ...scenario }, input) {
  for (const step of initialize) await perform(step, input);
  const prompt = promptOf(await input.wait(isPrompt));
  return Object.entries(scenario).find(([part]) => prompt.includes(part))?.[1] ?? [];
}

async function perform(step, input, dir) {
  if ("line" in step) await write(`${JSON.stringify(step.line)}\n`);
  else if ("raw" in step) await write(step.raw);
  else if ("bytewise" in step) {
    for (const byte of Buffer.from(step.bytewise)) writeSync(1, Buffer.of(byte));
  } else if ("repeat" in step) await repeat(`${JSON.stringify(step.repeat)}\n`, step.times);
  else if ("long" in step) {
    const [head = "", tail = ""] = JSON.stringify(step.long).split("LONG");
    await write(`${head}${"x".repeat(step.bytes - head.length - tail.length)}${tail}\n`);
  } else if ("stderr" in step) writeSync(2, step.stderr);
  else if ("expect" in step) await input.take((line) => contains(line, step.expect));
  else if ("echo" in step) await echo(promptOf(await input.take(isPrompt)));
  else if ("gate" in step) {
    writeFileSync(resolve(dir, step.gate), "");
    while (!existsSync(resolve(dir, step.until))) await sleep(5);
  } else if ("sleep" in step) await sleep(step.sleep);
  else if ("shell" in step) spawnSync("sh", ["-c", step.shell], { stdio: "ignore" });
  else if ("grandchild" in step) {
    const stay = spawn("sleep", ["600"], {
      detached: step.grandchild === "session",
      stdio: ["ignore", 1, 2],
    });
    writeFileSync(resolve(dir, step.pidFile), String(stay.pid));
  } else if ("closeStdin" in step) process.stdin.destroy();
  else if ("ignoreTerm" in step) process.on("SIGTERM", () => {});
  else if ("stay" in step) await new Promise(() => setInterval(() => {}, 1 << 30));
  else if ("kill" in step) {
    process.kill(process.pid, step.kill);
    await sleep(60_000);
  } else if ("exit" in step) process.exit(step.exit);
}

async function echo(text) {
  const delta = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } };
  await write(`${JSON.stringify({ type: "stream_event", event: delta, parent_tool_use_id: null })}\n`);
  const result = { type: "result", subtype: "success", is_error: false, num_turns: 1, result: text };
  await write(`${JSON.stringify(result)}\n`);
}

async function repeat(line, times) {
  const batch = line.repeat(Math.max(1, Math.floor(65_536 / line.length)));
  const lines = batch.length / line.length;
  for (let left = times; left > 0; left -= lines) await write(left < lines ? line.repeat(left) : batch);
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const write = (text) => new Promise((done) => process.stdout.write(text, done));

function contains(value, part) {
  if (typeof part !== "object" || part === null) return value === part;
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(part).every(([key, wanted]) => contains(value[key], wanted));
}
