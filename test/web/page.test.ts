import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { page } from "../../src/web/page.ts";

const { bytes, headers } = page();
const html = gunzipSync(bytes).toString();
const policy = headers["Content-Security-Policy"] ?? "";

for (const [part, directive] of [
  ["script", "script-src"],
  ["style", "style-src"],
] as const) {
  test(`the policy allows the page's one ${part} by its hash, and nothing else`, () => {
    const parts = [...html.matchAll(new RegExp(`<${part}>([\\s\\S]*?)</${part}>`, "g"))];
    assert.equal(parts.length, 1);
    const hash = createHash("sha256")
      .update(parts[0]?.[1] ?? "")
      .digest("base64");
    assert.ok(policy.includes(`${directive} 'sha256-${hash}';`), policy);
  });
}

test("the policy allows no other host, and only Telegram shows the page in a frame", () => {
  assert.doesNotMatch(policy, /unsafe|\*|https?:(?!\/\/web\.telegram\.org$)/);
  assert.match(
    policy,
    /^default-src 'none'; .*connect-src 'self'; .*frame-ancestors https:\/\/web\.telegram\.org$/,
  );
});

test("the page asks for no other file", () => {
  const [head = ""] = html.split("<style>");
  assert.deepEqual(
    [...head.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address),
    ["data:,"],
  );
  assert.doesNotMatch(html, /@import|url\((?!["']?data:)/);
});

test("the emulator's licence goes with it", () => {
  assert.match(html, /Permission is hereby granted/);
  assert.match(html, /The xterm\.js authors/);
});

test("it is made once, and has a tag that a browser can ask with", () => {
  assert.equal(page(), page());
  assert.match(headers.ETag ?? "", /^"[\w-]{43}"$/);
  assert.equal(headers["Content-Encoding"], "gzip");
});
