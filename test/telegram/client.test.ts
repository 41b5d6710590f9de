import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { networkInterfaces } from "node:os";
import test, { type TestContext } from "node:test";
import { createClient } from "../../src/telegram/client.ts";
import { ApiError, NetworkError } from "../../src/telegram/errors.ts";
import { startBot } from "./bot.ts";
import { httpServer } from "./servers.ts";

const TOKEN = "7000000000:AA-very-secret";

/** A client of a server that gives one and the same answer to every request, and the paths that were asked for. */
async function answeredBy(
  t: TestContext,
  status: number,
  body: string,
  { prefix = "", host = "127.0.0.1" } = {},
) {
  const paths: string[] = [];
  const listener = await httpServer(
    t,
    (request, response) => {
      paths.push(request.url ?? "");
      request.resume().on("end", () => response.writeHead(status).end(body));
    },
    host,
  );
  const name = host.includes(":") ? `[${host}]` : host;
  const client = createClient({ root: new URL(`http://${name}:${listener.port}${prefix}`), token: TOKEN });
  t.after(() => client.close());
  return { client, paths };
}

test("a call answers with its result", async (t) => {
  const { api, client } = await startBot(t);
  assert.equal((await client.call("getMe", {})).username, api.bot.username);
});

for (const prefix of ["", "/", "/telegram", "/a/b/"]) {
  test(`the root may be ${prefix || "without a path"}`, async (t) => {
    const { client, paths } = await answeredBy(t, 200, '{"ok":true,"result":{}}', { prefix });
    await client.call("getMe", {});
    await client.download("photos/file 1.jpg");
    const base = prefix.replace(/\/$/, "");
    assert.deepEqual(paths, [`${base}/bot${TOKEN}/getMe`, `${base}/file/bot${TOKEN}/photos/file%201.jpg`]);
  });
}

const hasIPv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1"),
);

test("the root may be an IPv6 address", { skip: !hasIPv6 && "this machine has no IPv6" }, async (t) => {
  const { client, paths } = await answeredBy(t, 200, '{"ok":true,"result":{}}', { host: "::1" });
  await client.call("getMe", {});
  assert.equal(paths.length, 1);
});

const REFUSALS: readonly [number, string, Partial<ApiError>][] = [
  [
    429,
    '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 33","parameters":{"retry_after":33}}',
    { code: 429, description: "Too Many Requests: retry after 33", retryAfter: 33 },
  ],
  [
    400,
    '{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded","parameters":{"migrate_to_chat_id":-100}}',
    { code: 400, migrateTo: -100 },
  ],
  [500, '{"ok":false,"error_code":500,"description":"Internal Server Error: restart"}', { code: 500 }],
  [413, "<html>Request Entity Too Large</html>", { code: 413, description: "HTTP status 413" }],
  [404, "", { code: 404 }],
  [400, '{"ok":false}', { code: 400 }],
];

for (const [status, body, expected] of REFUSALS) {
  test(`failure 21: a refusal holds what is needed and no token: ${status} ${body.slice(0, 20)}`, async (t) => {
    const { client } = await answeredBy(t, status, body);
    await assert.rejects(client.call("getMe", {}), (error) => {
      assert.ok(error instanceof ApiError);
      for (const [key, value] of Object.entries(expected)) assert.equal(error[key as keyof ApiError], value);
      assert.ok(!`${error.stack} ${JSON.stringify(error)}`.includes("very-secret"));
      return true;
    });
  });
}

for (const [status, body] of [
  [200, "<html>Log in to the hotel's network</html>"],
  [200, ""],
  [200, "null"],
  [302, ""],
  [502, "<html>Bad Gateway</html>"],
] as const) {
  test(`what is not the Bot API's answer leaves it open whether the call was carried out: ${status} ${body}`, async (t) => {
    const { client } = await answeredBy(t, status, body);
    await assert.rejects(client.call("getMe", {}), (error) => {
      assert.ok(error instanceof NetworkError && error.mayHaveArrived);
      assert.ok(!`${error.stack}`.includes("very-secret"));
      return true;
    });
  });
}

/** The name that a file has, and the one under which it arrives. */
const UPLOADS: readonly [string, string][] = [
  ["answer.md", "answer.md"],
  ["a b;c=d.txt", "a b;c=d.txt"],
  ["größe 大きさ 😀.txt", "größe 大きさ 😀.txt"],
  ['say "hi".txt', "say _hi_.txt"],
  ["back\\slash", "back_slash"],
  ["line\r\ncontent-type: text/html\r\n\r\n<b>", "line__content-type: text/html____<b>"],
  ["nul\0.txt", "nul_.txt"],
  ["", "file"],
];

test("a file arrives byte for byte, under any name", async (t) => {
  const { api, client } = await startBot(t);
  const chat = api.privateChat(7);
  const bytes = Buffer.concat([
    randomBytes(100_000),
    Buffer.from("\r\n--nanogent-\r\n--\r\n"),
    randomBytes(9),
  ]);
  for (const [name] of UPLOADS) {
    await client.call("sendDocument", { chat_id: 7, document: { name, bytes }, caption: "größe 😀" });
  }
  const sent = api.documentsSent(chat);
  assert.deepEqual(
    sent.map(({ name }) => name),
    UPLOADS.map(([, name]) => name),
  );
  for (const { bytes: arrived, caption } of sent) {
    assert.ok(arrived.equals(bytes));
    assert.equal(caption, "größe 😀");
  }
  assert.deepEqual(api.violations, []);
});

test("an empty file and parameters that are objects go into an upload too", async (t) => {
  const { api, client } = await startBot(t);
  const chat = api.privateChat(7);
  const { message } = api.say(chat, "question");
  const reply = { message_id: message.message_id, allow_sending_without_reply: true };
  const document = { name: "a.txt", bytes: Buffer.from("x") };
  await client.call("sendDocument", { chat_id: 7, document, reply_parameters: reply });
  assert.equal(api.messages(chat).at(-1)?.replyTo, message.message_id);
  const empty = { name: "a.txt", bytes: Buffer.alloc(0) };
  await assert.rejects(client.call("sendDocument", { chat_id: 7, document: empty }), /must be non-empty/);
});

test("a file that a person sent is downloaded byte for byte", async (t) => {
  const { api, client } = await startBot(t);
  const bytes = randomBytes(200_000);
  const { message } = api.say(api.privateChat(7), "", { document: { bytes, name: "a.bin" } });
  const { file_path: path = "" } = await client.call("getFile", { file_id: message.document?.file_id ?? "" });
  assert.ok((await client.download(path)).equals(bytes));
  await assert.rejects(client.download("files/other"), { name: "ApiError", code: 404 });
});
