import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import {
  parseArguments,
  parseClaudeArguments,
  parseDollars,
  parseHttpUrl,
  parsePublicUrl,
  parseTimeSpan,
  parseToken,
  parseTunnel,
  ValueFault,
} from "../src/config-keys.ts";

test("arguments are split as a shell splits them", () => {
  const cases: [text: string, words: string[]][] = [
    ["", []],
    ["  ", []],
    ["a  b\tc", ["a", "b", "c"]],
    [`"a b" 'c d'`, ["a b", "c d"]],
    [`--x="a b"c`, ["--x=a bc"]],
    [`a\\ b`, ["a b"]],
    [`"a\\"b" 'a\\b'`, ['a"b', "a\\b"]],
    [`"" ''`, ["", ""]],
    [`"a\\nb"`, ["a\\nb"]],
    ["한글 👩‍👧", ["한글", "👩‍👧"]],
    ["a\\", ["a\\"]],
  ];
  for (const [text, words] of cases) assert.deepEqual(parseArguments(text), words, text);
});

test("words in quotes come back as they were", () => {
  const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
      assert.deepEqual(parseArguments(words.map(quote).join(" ")), words);
    }),
  );
});

test("a quote that is never closed is a fault that names it", () => {
  for (const text of [`a "b`, `a 'b`, `it's`]) {
    assert.throws(
      () => parseArguments(text),
      (error) => error instanceof ValueFault && /never closed/.test(error.message),
    );
  }
});

test("arguments that would take the session or the protocol away are refused", () => {
  const refused = [
    "-c",
    "--continue",
    "-r x",
    "--resume=x",
    "-p",
    "--print",
    "--output-format text",
    "--input-format=x",
  ];
  for (const text of [...refused, "--permission-prompt-tool x"]) {
    assert.throws(() => parseClaudeArguments(text), ValueFault, text);
  }
  for (const text of ["--add-dir x", "--continued", "--printer", "--max-turns 3", ""]) {
    assert.deepEqual(parseClaudeArguments(text), parseArguments(text), text);
  }
});

test("a time is a number with its unit, or several; none is off", () => {
  const cases: [text: string, ms: number | undefined][] = [
    ["90s", 90_000],
    ["10m", 600_000],
    ["1h30m", 5_400_000],
    ["1 H 5 S", 3_605_000],
    ["0.5h", 1_800_000],
    ["2d", 172_800_000],
    ["off", undefined],
    ["None", undefined],
    ["0", undefined],
    ["0s", undefined],
  ];
  for (const [text, ms] of cases) assert.equal(parseTimeSpan(text), ms, text);
  for (const text of ["10", "m", "-1m", "1w", "1h later", "1m,2s", "25d", "1e9h", "10min"]) {
    assert.throws(() => parseTimeSpan(text), ValueFault, text);
  }
});

test("an amount is in dollars; none is off, and 0 is no limit that anybody wants", () => {
  const cases: [text: string, usd: number | undefined][] = [
    ["5", 5],
    ["2.50", 2.5],
    ["$0.05", 0.05],
    ["off", undefined],
    ["None", undefined],
  ];
  for (const [text, usd] of cases) assert.equal(parseDollars(text), usd, text);
  for (const text of ["0", "$0", "0.00"]) assert.throws(() => parseDollars(text), /nothing would ever run/);
  for (const text of ["-1", "5 EUR", "1,50", "five", "1e3", "5$", ".5", "Infinity"]) {
    assert.throws(() => parseDollars(text), ValueFault, text);
  }
});

test("an address that could not be used is refused with what is wrong with it", () => {
  const cases: [value: string, fault: RegExp][] = [
    ["proxy:3128", /with its scheme/],
    ["ftp://proxy", /with its scheme/],
    ["http://", /with its scheme/],
    ["http://a%zz:b@proxy", /Write it as %25/],
    ["http://a:b%@proxy", /Write it as %25/],
  ];
  for (const [value, fault] of cases) {
    assert.throws(
      () => parseHttpUrl(value),
      (error) => error instanceof ValueFault && fault.test(error.message),
      value,
    );
  }
  assert.equal(parseHttpUrl("http://a%25:b@proxy:1").host, "proxy:1");
});

test("the page's address is https and a host, and a tunnel is one of those that are known", () => {
  assert.equal(parsePublicUrl("https://Term.example.org:8443/").origin, "https://term.example.org:8443");
  for (const [value, fault] of [
    ["term.example.org", /with its scheme/],
    ["http://term.example.org", /not an https address/],
    ["https://term.example.org/path", /more than a host/],
    ["https://term.example.org/?a", /more than a host/],
    ["https://term.example.org/#", /more than a host/],
    ["https://u:p@term.example.org", /more than a host/],
  ] as const) {
    assert.throws(
      () => parsePublicUrl(value),
      (error) => error instanceof ValueFault && fault.test(error.message),
      value,
    );
  }
  assert.deepEqual(["off", "None", "Cloudflared"].map(parseTunnel), [undefined, undefined, "cloudflared"]);
  assert.throws(() => parseTunnel("ngrok"), /Use cloudflared, tailscale/);
});

test("a token is digits, a colon and a long rest", () => {
  const good = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
  assert.equal(parseToken(good), good);
  for (const bad of [
    "",
    "123456789",
    ":AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    `bot${good}`,
    `${good} `,
    `${good}\n`,
    "1:AA",
  ]) {
    assert.throws(() => parseToken(bad), ValueFault, bad);
  }
});
