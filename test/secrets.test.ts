import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { createSecrets, isSecretName } from "../src/secrets.ts";

test("failure 21: a secret is hidden by value, wherever it stands", () => {
  const secrets = createSecrets(["hunter22", "123:hunter22", "short", 'quo"te\\d', ""]);
  const cases: [text: string, seen: string][] = [
    ["https://h/bot123:hunter22/getMe", "https://h/bot••••••••••••/getMe"],
    ["xhunter22x hunter22", "x••••••••x ••••••••"],
    ["short is no secret", "short is no secret"],
    ['quo"te\\d', "••••••••"],
    [JSON.stringify({ a: 'quo"te\\d' }), '{"a":"••••••••••"}'],
  ];
  for (const [text, seen] of cases) assert.equal(secrets.redact(text), seen, text);
});

test("nothing is left of any secret, and the length stays for the sake of offsets", () => {
  const secret = fc.string({ minLength: 6 });
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1 }), fc.array(fc.string()), (values, texts) => {
      const { redact } = createSecrets(values);
      const text = values.map((value, index) => `${texts[index] ?? ""}${value}`).join("");
      const seen = redact(text);
      assert.equal(seen.length, text.length);
      for (const value of values) assert.ok(!seen.includes(value) || /^•+$/.test(value));
    }),
  );
});

test("a name tells whether its value is a secret", () => {
  const cases: [name: string, secret: boolean][] = [
    ["TELEGRAM_BOT_TOKEN", true],
    ["GITHUB_TOKEN_FILE", true],
    ["aws_secret_access_key", true],
    ["OPENAI_API_KEY", true],
    ["APIKEY", true],
    ["DB_PASSWORD", true],
    ["GOOGLE_CREDENTIALS", true],
    ["SSH_PRIVATE_KEY", true],
    ["MAX_TOKENS", false],
    ["NANOGENT_MODEL", false],
    ["KEYBOARD", false],
  ];
  for (const [name, secret] of cases) assert.equal(isSecretName(name), secret, name);
});

test("of a text that goes on, the beginning of a secret at its end is hidden as well", () => {
  const { redactGrowing } = createSecrets(["hunter2-secret"]);
  const cases: [text: string, seen: string][] = [
    ["the word is hunter2-secret.", "the word is ••••••••••••••."],
    ["the word is hunter2-", "the word is ••••••••"],
    ["the word is hunt", "the word is ••••"],
    ["a hun", "a hun"],
    ["hunters", "hunters"],
  ];
  for (const [text, seen] of cases) assert.equal(redactGrowing(text), seen);
});

test("of a line that is cut off on a screen, what is left of a secret at its edges is hidden as well", () => {
  const { redactCut } = createSecrets(["hunter2-secret"]);
  const dots = (count: number): string => "•".repeat(count);
  const cases: [text: string, seen: string][] = [
    ["hunter2-secret", dots(14)],
    ["yy hunter2-secre", `yy ${dots(13)}`],
    ["yy hunter2-secre>", `yy ${dots(13)}>`],
    ["yy hunter2>", `yy ${dots(7)}>`],
    ["yy hunter>", "yy hunter>"],
    ["unter2-secret yy", `${dots(13)} yy`],
    ["<-secret yy", `<${dots(7)} yy`],
    ["secret yy", "secret yy"],
    ["<nter2-secret and hunter2-sec>", `<${dots(12)} and ${dots(11)}>`],
    ["", ""],
    [">", ">"],
  ];
  for (const [text, seen] of cases) assert.equal(redactCut(text), seen, text);
});
