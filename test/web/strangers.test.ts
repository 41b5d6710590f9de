import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import test, { type TestContext } from "node:test";
import { silentLog } from "../../src/log.ts";
import { fakeClock } from "../fakes/clock.ts";
import { site } from "./site.ts";
import { until } from "./until.ts";

const MANY = 300;
const HEAD = "HTTP/1.1\r\nHost: 127.0.0.1";

/** What somebody without a token does, many times. */
const FLOODS: [what: string, ask: (t: TestContext, port: number, from: string) => Promise<Socket>][] = [
  ["says nothing", (t, port) => write(t, port, "")],
  ["half-sends headers", (t, port) => write(t, port, `GET / ${HEAD}:${port}\r\nX: `)],
  [
    "half-sends a login",
    (t, port, from) =>
      write(
        t,
        port,
        `POST /v1/login ${HEAD}:${port}\r\nCF-Connecting-IP: ${from}\r\nContent-Length: 100\r\n\r\n{`,
      ),
  ],
  [
    "half-sends a login without an end",
    (t, port, from) =>
      write(
        t,
        port,
        `POST /v1/login ${HEAD}:${port}\r\nCF-Connecting-IP: ${from}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`,
      ),
  ],
  ["opens web sockets", socketOf],
];

for (const [what, ask] of FLOODS) {
  test(`somebody who ${what} ${MANY} times keeps nobody out, and is no fault`, async (t) => {
    const errors: unknown[] = [];
    const made = await site(t, undefined, { ...silentLog, error: (...of) => void errors.push(of) });
    const screen = await made.attach(t);
    const first = await ask(t, made.port, "10.0.0.1");
    const cut = once(first, "close");
    // One who is about to say who he is, from elsewhere.
    const between = await made.open(t, { headers: { "CF-Connecting-IP": "10.0.0.2" } });
    for (let count = 1; count < MANY; count++) await ask(t, made.port, "10.0.0.1");
    await cut;
    assert.equal((await made.call("GET", "/")).status, 200);
    const token = await made.token();
    assert.equal((await made.call("GET", "/v1/sessions", { token })).status, 200);
    if (what.includes("login") || what.includes("sockets")) {
      between.say({ type: "list", token });
      await until("the list", () => between.messages.length > 0);
    }
    await made.attach(t);
    screen.type("still there");
    await until("what was typed", () => made.first.typed.join("").includes("still there"));
    assert.deepEqual(errors, []);
  });
}

test("a login that does not come whole is cut", async (t) => {
  const clock = fakeClock();
  const made = await site(t, clock);
  const login = await write(
    t,
    made.port,
    `POST /v1/login ${HEAD}:${made.port}\r\nContent-Length: 9\r\n\r\n{`,
  );
  const cut = once(login, "close");
  await made.call("GET", "/");
  await clock.advance(5_000);
  await cut;
});

async function write(t: TestContext, port: number, text: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.resume();
  socket.write(text);
  return socket;
}

function socketOf(t: TestContext, port: number, from: string): Promise<Socket> {
  const lines = [
    `GET /v1/socket ${HEAD}:${port}`,
    `CF-Connecting-IP: ${from}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Protocol: nanogent.1",
  ];
  return write(t, port, `${lines.join("\r\n")}\r\n\r\n`);
}
