import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { type Config, ConfigError, readConfig } from "../src/config.ts";
import { CONFIG_KEYS } from "../src/config-keys.ts";
import { createSecrets } from "../src/secrets.ts";
import { temporaryFolder } from "./fakes/folder.ts";

const SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const TOKEN = `123456789:${SECRET}`;

interface Given {
  readonly env?: NodeJS.ProcessEnv;
  readonly telegram?: boolean;
}

async function read(t: TestContext, text: string | undefined, given: Given = {}): Promise<Config> {
  const folder = await temporaryFolder(t);
  if (text !== undefined) writeFileSync(join(folder, ".env"), text, { mode: 0o600 });
  return readConfig(folder, given.env ?? {}, { telegram: given.telegram ?? true });
}

async function problems(t: TestContext, text: string | undefined, given: Given = {}): Promise<string[]> {
  try {
    await read(t, text, given);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    assert.equal(error.message.split("\n").length, error.problems.length, "a line each");
    return error.message.split("\n");
  }
  return [];
}

test("without anything but a token the defaults hold", async (t) => {
  const config = await read(t, `TELEGRAM_BOT_TOKEN=${TOKEN}\n`);
  const { folder: _, apiRoot, secretValues, ...rest } = config;
  assert.deepEqual(new Set(secretValues), new Set([TOKEN, SECRET]));
  assert.equal(apiRoot.href, "https://api.telegram.org/");
  assert.deepEqual(rest, {
    token: TOKEN,
    proxy: undefined,
    access: { open: false, chats: [], users: [], owners: undefined },
    agent: "claude",
    claude: { binary: "claude", args: [] },
    codex: { binary: "codex" },
    customCommand: undefined,
    shell: "on",
    permissions: "skip",
    model: undefined,
    keepWarmMs: undefined,
    whenBusy: "queue",
    parallel: 1,
    budgetUsd: undefined,
    remindMs: 600_000,
    notifyAfterMs: 20_000,
    timeoutMs: undefined,
    stallMs: 600_000,
    staleAfterMs: 3_600_000,
    denyFiles: [],
    keepUploadsMs: 2_592_000_000,
    transcribe: [],
    transcribeConfirm: false,
    web: { on: true, port: undefined, publicUrl: undefined, tunnel: undefined },
    ssh: "openssh",
    vaultKey: undefined,
    dockerImage: undefined,
    hostTerminal: true,
    persist: "tmux",
    logFormat: "text",
    warnings: [],
  });
});

test("every key is read", async (t) => {
  const config = await read(
    t,
    [
      `export TELEGRAM_BOT_TOKEN="${TOKEN}"`,
      "TELEGRAM_ALLOWED_CHAT_IDS=7, -1001234567890 8",
      "TELEGRAM_ALLOWED_USER_IDS=9",
      "NANOGENT_OWNER_IDS=7,9",
      "TELEGRAM_API_ROOT=http://127.0.0.1:8081/base",
      "HTTPS_PROXY=http://u:pass-word@proxy:3128",
      "NANOGENT_AGENT=Shell",
      "NANOGENT_CLAUDE=/opt/claude",
      "NANOGENT_AGENT_COMMAND=my-agent 'a b' | tee log",
      "NANOGENT_SHELL=Groups",
      'NANOGENT_CLAUDE_ARGS=--add-dir "../other project" # more room',
      "NANOGENT_PERMISSIONS=ASK",
      "NANOGENT_MODEL=opus",
      "NANOGENT_BUDGET_USD=2.50",
      "NANOGENT_TIMEOUT=1h30m",
      "NANOGENT_STALL=off",
      "NANOGENT_STALE_AFTER=2d",
      "NANOGENT_DENY_FILES=*.csv, private/",
      "NANOGENT_KEEP_UPLOADS=90d",
      'NANOGENT_TRANSCRIBE=whisper --model "small en"',
      "NANOGENT_TRANSCRIBE_CONFIRM=on",
      "NANOGENT_WEB=off",
      "NANOGENT_PORT=8022",
      "NANOGENT_TUNNEL=Tailscale",
      "NANOGENT_SSH=ssh2",
      `NANOGENT_VAULT_KEY=${"0aF9".repeat(16)}`,
      "NANOGENT_DOCKER_IMAGE=ghcr.io/a/b:1.2",
      "NANOGENT_HOST_TERMINAL=off",
      "NANOGENT_PERSIST=off",
      "NANOGENT_LOG=json",
    ].join("\r\n"),
  );
  assert.deepEqual(config.access, {
    open: false,
    chats: [7, -1_001_234_567_890, 8],
    users: [9],
    owners: [7, 9],
  });
  assert.deepEqual(config.claude, { binary: "/opt/claude", args: ["--add-dir", "../other project"] });
  assert.deepEqual(
    [config.apiRoot.href, config.proxy?.host, config.agent, config.permissions, config.model],
    ["http://127.0.0.1:8081/base", "proxy:3128", "shell", "ask", "opus"],
  );
  assert.deepEqual([config.customCommand, config.shell], ["my-agent 'a b' | tee log", "groups"]);
  assert.deepEqual(
    [config.timeoutMs, config.stallMs, config.staleAfterMs],
    [5_400_000, undefined, 172_800_000],
  );
  assert.equal(config.budgetUsd, 2.5);
  assert.deepEqual([config.hostTerminal, config.persist], [false, "off"]);
  assert.deepEqual(config.denyFiles, ["*.csv", "private/"]);
  assert.equal(config.keepUploadsMs, 90 * 86_400_000);
  assert.deepEqual(config.transcribe, ["whisper", "--model", "small en"]);
  assert.equal(config.transcribeConfirm, true);
  assert.deepEqual(config.web, { on: false, port: 8022, publicUrl: undefined, tunnel: "tailscale" });
  assert.equal(config.logFormat, "json");
  assert.deepEqual([config.ssh, config.dockerImage], ["ssh2", "ghcr.io/a/b:1.2"]);
  assert.equal(config.vaultKey, "0af9".repeat(16));
  assert.ok(config.secretValues.includes("0aF9".repeat(16)));
  assert.ok(config.secretValues.includes("pass-word"));
});

test("the real environment wins over the file; what is empty in it counts as not set", async (t) => {
  const file = `TELEGRAM_BOT_TOKEN=${TOKEN}\nNANOGENT_MODEL=of-file\nNANOGENT_AGENT=shell\n`;
  const env = { NANOGENT_MODEL: " of-env ", NANOGENT_AGENT: "", TELEGRAM_BOT_TOKEN: "  " };
  const config = await read(t, file, { env });
  assert.deepEqual([config.model, config.agent, config.token], ["of-env", "shell", TOKEN]);
});

test("the proxy is known by its lower-case name too", async (t) => {
  const cases: [env: NodeJS.ProcessEnv, host: string | undefined][] = [
    [{ https_proxy: "http://lower:1" }, "lower:1"],
    [{ HTTPS_PROXY: "http://upper:1", https_proxy: "http://lower:1" }, "upper:1"],
    [{ HTTPS_PROXY: "", https_proxy: "http://lower:1" }, "lower:1"],
    [{}, "file:1"],
  ];
  for (const [env, host] of cases) {
    const config = await read(t, `TELEGRAM_BOT_TOKEN=${TOKEN}\nHTTPS_PROXY=http://file:1`, { env });
    assert.equal(config.proxy?.host, host);
  }
});

test("all problems are told at once, each with its key, its line, its fault and the fix", async (t) => {
  const text = [
    "# settings",
    "TELEGRAM_BOT_TOKEN=12:short",
    "TELEGRAM_ALLOWED_CHAT_IDS=7,@ada",
    "",
    "TELEGRAM_ALLOWED_USER_IDS=*",
    "just a note",
    "NANOGENT_OWNER_IDS=-1001",
    "TELEGRAM_API_ROOT=localhost:8081",
    "NANOGENT_AGENT=claude",
    "NANOGENT_AGENT=gemini",
    "NANOGENT_CLAUDE_ARGS=--resume=abc",
    "NANOGENT_LOG=xml",
    "NANOGENT_VAULT_KEY=correct-horse",
    "NANOGENT_DOCKER_IMAGE=--privileged",
  ].join("\r\n");
  const env = { NANOGENT_PERMISSIONS: "yolo", HTTPS_PROXY: "socks5://h:1" };
  const expected: RegExp[] = [
    /^A line \(\.env line 6\) is neither .*Put a # in front/,
    /^TELEGRAM_BOT_TOKEN \(\.env line 2\) does not look like a bot token.*@BotFather/,
    /^TELEGRAM_ALLOWED_CHAT_IDS \(\.env line 3\) "@ada" is a name.*Use the numeric id/,
    /^TELEGRAM_ALLOWED_USER_IDS \(\.env line 5\) "\*" is not a numeric id. Write numbers separated by commas\.$/,
    /^NANOGENT_OWNER_IDS \(\.env line 7\) "-1001" is the id of a group.*TELEGRAM_ALLOWED_CHAT_IDS/,
    /^TELEGRAM_API_ROOT \(\.env line 8\) is not an http or https address.*https:\/\//,
    /^HTTPS_PROXY \(the environment\) is not an http or https address/,
    /^NANOGENT_AGENT \(\.env line 10\) "gemini" is not one of its values\. Use claude, codex, shell/,
    /^NANOGENT_CLAUDE_ARGS \(\.env line 11\) "--resume=abc" is set by nanogent itself.*Leave it out/,
    /^NANOGENT_PERMISSIONS \(the environment\) "yolo" is not one of its values\. Use skip, ask, edits, plan/,
    /^NANOGENT_VAULT_KEY \(\.env line 13\) is not 64 hexadecimal digits\. Make one with: openssl rand -hex 32\.$/,
    /^NANOGENT_DOCKER_IMAGE \(\.env line 14\) "--privileged" is not the name of a Docker image/,
    /^NANOGENT_LOG \(\.env line 12\) "xml" .*Use text, json/,
  ];
  const found = await problems(t, text, { env });
  assert.equal(found.length, expected.length, found.join("\n"));
  for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? "", pattern);
});

test("a missing token says where to get one, and only a bridge needs one", async (t) => {
  for (const text of [undefined, "", "TELEGRAM_BOT_TOKEN=\n", "TELEGRAM_BOT_TOKEN=''\n"]) {
    assert.match(
      (await problems(t, text)).join("\n"),
      /^TELEGRAM_BOT_TOKEN \(\.env\) is not set\. Ask @BotFather/,
    );
    assert.equal((await read(t, text, { telegram: false })).token, "");
  }
  assert.equal((await read(t, "TELEGRAM_BOT_TOKEN=whatever", { telegram: false })).token, "whatever");
});

test("a .env that cannot be read is a problem like others", async (t) => {
  const folder = await temporaryFolder(t);
  mkdirSync(join(folder, ".env"));
  assert.throws(() => readConfig(folder, {}, { telegram: true }), {
    name: "ConfigError",
    message: /\(\.env\) cannot be read \(EISDIR\)/,
  });
});

test("ids that would name somebody else are refused", async (t) => {
  const cases: [value: string, fault: RegExp | undefined][] = [
    ["7", undefined],
    ["7,,8 9\t10,", undefined],
    ["9007199254740991", undefined],
    ["9007199254740993", /not a numeric id/],
    ["12345678901234567890", /not a numeric id/],
    ["7.5", /not a numeric id/],
    ["7;8", /not a numeric id/],
    ["0x7", /not a numeric id/],
    ["٧", /not a numeric id/],
    ["-1001", /id of a group/],
  ];
  for (const [value, fault] of cases) {
    const found = await problems(t, `TELEGRAM_BOT_TOKEN=${TOKEN}\nTELEGRAM_ALLOWED_USER_IDS=${value}`);
    if (fault === undefined) assert.deepEqual(found, [], value);
    else assert.match(found.join("\n"), fault, value);
  }
});

test("* opens the bot, and listed chats keep their meaning beside it", async (t) => {
  const { access } = await read(t, `TELEGRAM_BOT_TOKEN=${TOKEN}\nTELEGRAM_ALLOWED_CHAT_IDS=7,*`);
  assert.deepEqual([access.open, access.chats], [true, [7]]);
});

test("failure 21: the token stands in no problem and no warning, wherever it was pasted", async (t) => {
  const keys = CONFIG_KEYS.filter((key) => !["NANOGENT_CLAUDE", "NANOGENT_MODEL"].includes(key));
  for (const key of keys) {
    for (const value of [`${TOKEN}!`, `bot${TOKEN}`, `"${TOKEN} '`]) {
      const found = await problems(t, `${key}=${value}\n${value}\nTELEGRAM_TOKEN=${TOKEN}\n`);
      assert.notEqual(found.length, 0, key);
      assert.ok(!found.join("\n").includes(SECRET), `${key}: ${found.join("\n")}`);
    }
  }
  const { warnings } = await read(t, `TELEGRAM_BOT_TOKEN=${TOKEN}\nTELEGRAM_TOKEN=${TOKEN}\n`);
  assert.ok(!warnings.join("\n").includes(SECRET));
});

test("keys that look like ours but are not are told, those of other programs are not", async (t) => {
  const text = `TELEGRAM_BOT_TOKEN=${TOKEN}\nTELEGRAM_CHAT_ID=7\nNANOGENT_MODLE=opus\nDATABASE_URL=x\n`;
  assert.deepEqual((await read(t, text)).warnings, [
    "TELEGRAM_CHAT_ID (.env line 2) is not a key that nanogent knows; it has no effect.",
    "NANOGENT_MODLE (.env line 3) is not a key that nanogent knows; it has no effect. Did you mean NANOGENT_MODEL?",
  ]);
});

test("a list of groups alone lets nobody in, and is told", async (t) => {
  const warned = async (lines: string) =>
    (await read(t, `TELEGRAM_BOT_TOKEN=${TOKEN}\n${lines}`)).warnings.some((line) =>
      /groups only/.test(line),
    );
  assert.equal(await warned("TELEGRAM_ALLOWED_CHAT_IDS=-1001,-1002"), true);
  assert.equal(await warned("TELEGRAM_ALLOWED_CHAT_IDS=-1001,7"), false);
  assert.equal(await warned("TELEGRAM_ALLOWED_CHAT_IDS=-1001\nTELEGRAM_ALLOWED_USER_IDS=7"), false);
  assert.equal(await warned("TELEGRAM_ALLOWED_CHAT_IDS=-1001,*"), false);
  assert.equal(await warned(""), false);
});

test("failure 21: what .env holds under a secret's name is a secret, also line by line", async (t) => {
  const pem = "-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----";
  const config = await read(
    t,
    `TELEGRAM_BOT_TOKEN=${TOKEN}\nDB_PASSWORD='p # w o r d'\nAPP_PRIVATE_KEY="${pem}"\nMAX_TOKENS=100000\nHOST=example\n`,
    { env: { https_proxy: "http://u:of-the-proxy@h" } },
  );
  const secrets = createSecrets(config.secretValues);
  const seen = secrets.redact(`p # w o r d, MIIEvQIBADANBg, ${SECRET}, of-the-proxy, 100000 example`);
  assert.match(seen, /^•+, •+, •+, •+, 100000 example$/);
});

test("a .env that others can read is told", async (t) => {
  const folder = await temporaryFolder(t);
  writeFileSync(join(folder, ".env"), "NANOGENT_AGENT=shell\n", { mode: 0o600 });
  const warnings = () => readConfig(folder, {}, { telegram: false }).warnings;
  assert.deepEqual(warnings(), []);
  chmodSync(join(folder, ".env"), 0o640);
  assert.match(warnings().join(), /^\.env can be read by other users.*chmod 600 \.env$/);
});

for (const [list, direct] of [
  ["", false],
  ["example.org", false],
  ["telegram.org", true],
  [".telegram.org", true],
  ["localhost, *.telegram.org", true],
  ["egram.org", false],
  ["*", true],
] as const) {
  test(`NO_PROXY=${list} ${direct ? "goes directly" : "goes through the proxy"}`, async (t) => {
    const folder = await temporaryFolder(t);
    const { proxy } = readConfig(
      folder,
      { HTTPS_PROXY: "http://proxy:3128", NO_PROXY: list },
      { telegram: false },
    );
    assert.equal(proxy?.href, direct ? undefined : "http://proxy:3128/");
  });
}

test("an address of one's own and a tunnel that makes one are not both possible", async (t) => {
  const url = "NANOGENT_PUBLIC_URL=https://term.example.org";
  const both = await problems(t, `TELEGRAM_BOT_TOKEN=${TOKEN}\n${url}\nNANOGENT_TUNNEL=tailscale\n`);
  assert.match(both.join("\n"), /^NANOGENT_TUNNEL \(\.env line 3\) makes .* NANOGENT_PUBLIC_URL names one/);
  const config = await read(t, `TELEGRAM_BOT_TOKEN=${TOKEN}\n${url}\nNANOGENT_TUNNEL=off\n`);
  assert.equal(config.web.publicUrl?.host, "term.example.org");
});

test("an agent that lacks what it needs is told with the remedy", async (t) => {
  const cases: [lines: string, problem: RegExp | undefined][] = [
    [
      "NANOGENT_AGENT=shell\nNANOGENT_SHELL=off",
      /^NANOGENT_AGENT \(\.env line 2\) is shell, but NANOGENT_SHELL=off/,
    ],
    [
      "NANOGENT_AGENT=custom",
      /^NANOGENT_AGENT \(\.env line 2\) is custom, which needs NANOGENT_AGENT_COMMAND\./,
    ],
    ["NANOGENT_AGENT=custom\nNANOGENT_AGENT_COMMAND=", /NANOGENT_AGENT_COMMAND/],
    [
      "NANOGENT_SHELL=yes",
      /^NANOGENT_SHELL \(\.env line 2\) "yes" is not one of its values\. Use on, groups, off\.$/,
    ],
    ["NANOGENT_AGENT=custom\nNANOGENT_AGENT_COMMAND=cat", undefined],
    ["NANOGENT_AGENT=claude\nNANOGENT_SHELL=off", undefined],
  ];
  for (const [lines, problem] of cases) {
    const found = await problems(t, `TELEGRAM_BOT_TOKEN=${TOKEN}\n${lines}\n`);
    if (problem) assert.match(found.join("\n"), problem);
    else assert.deepEqual(found, [], lines);
  }
});
