import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import test, { type TestContext } from "node:test";
import { type Clock, systemClock } from "../../src/clock.ts";
import { createClient } from "../../src/telegram/client.ts";
import { NetworkError } from "../../src/telegram/errors.ts";
import { createTransport, type HttpRequest } from "../../src/telegram/transport.ts";
import { fakeClock } from "../fakes/clock.ts";
import { closedPort, httpServer, type RawServer, rawServer } from "./servers.ts";

const TOKEN = "7000000000:AA-very-secret";
const GET: HttpRequest = { method: "GET", path: "/", timeoutMs: 10_000 };

/** A request to a server on this machine, or to any other place. */
function transportTo(t: TestContext, to: number | string, clock: Clock = systemClock) {
  const transport = createTransport(new URL(typeof to === "number" ? `http://127.0.0.1:${to}` : to), clock);
  t.after(() => transport.close());
  return transport;
}

test("requests in a row share one connection", async (t) => {
  const server = await httpServer(t, (_, response) => void response.end("hello"));
  const transport = transportTo(t, server.port);
  for (let n = 0; n < 5; n++) {
    const { status, body } = await transport.request(GET);
    assert.deepEqual([status, body.toString()], [200, "hello"]);
  }
  assert.equal(server.connections, 1);
  await Promise.all([1, 2, 3].map(() => transport.request(GET)));
  assert.equal(server.connections, 3);
});

const KEEP_ALIVE = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: keep-alive\r\n\r\nhello";

test("an idle connection that the server has closed is not used again", async (t) => {
  const sockets: Socket[] = [];
  const server = await rawServer(t, (socket) => {
    sockets.push(socket);
    socket.on("data", () => socket.write(KEEP_ALIVE));
  });
  const transport = transportTo(t, server.port);
  await transport.request(GET);
  const [first] = sockets;
  assert.ok(first);
  first.end();
  await once(first, "close");
  await transport.request(GET);
  assert.equal(server.connections, 2);
});

test("nor is one whose end has come while the process was busy", async (t) => {
  const sockets: Socket[] = [];
  const server = await rawServer(t, (socket) => {
    sockets.push(socket);
    socket.on("data", () => socket.write(KEEP_ALIVE));
  });
  const transport = transportTo(t, server.port);
  await transport.request(GET);
  await new Promise<void>((resolve, reject) => {
    const later = (): void => {
      // The end is sent in this turn of the event loop, and read in none before the request.
      sockets[0]?.resetAndDestroy();
      transport.request(GET).then(() => resolve(), reject);
    };
    setTimeout(later, 1);
  });
  assert.equal(server.connections, 2);
});

test("on a connection that is used again a request may have arrived as well", async (t) => {
  let requests = 0;
  const server = await rawServer(t, (socket) => {
    socket.on("data", () => (++requests === 1 ? socket.write(KEEP_ALIVE) : socket.destroy()));
  });
  const transport = transportTo(t, server.port);
  await transport.request(GET);
  await assert.rejects(transport.request(GET), { mayHaveArrived: true });
  assert.equal(server.connections, 1);
});

test("that a connection stood is seen also when a timer begins the request", async (t) => {
  const server = await rawServer(t, (socket) => void socket.once("data", () => socket.destroy()));
  const transport = transportTo(t, server.port);
  await assert.rejects(transport.request(GET), { mayHaveArrived: true });
  // From a timer, where events of a new request could come before anybody listens.
  await new Promise<void>((resolve) => setTimeout(resolve, 1));
  await assert.rejects(transport.request(GET), { mayHaveArrived: true });
  assert.equal(server.connections, 2);
});

/** What can go wrong: a place to call, the reason that is told, and whether the request may have arrived. */
const FAILURES: readonly [string, (t: TestContext) => Promise<string>, RegExp, boolean][] = [
  [
    "nobody listens",
    async (t) => `http://127.0.0.1:${await closedPort(t)}`,
    /^getMe: connection refused$/,
    false,
  ],
  [
    "the name does not exist",
    // Longer than a name may be, so that no server is asked for it.
    async () => `http://${"x".repeat(64)}.invalid`,
    /^getMe: the name of the server cannot be resolved$/,
    false,
  ],
  [
    "the server breaks off before TLS stands",
    async (t) => `https://127.0.0.1:${(await rawServer(t, (socket) => socket.destroy())).port}`,
    /^getMe: (the connection was reset|Client network socket disconnected)/,
    false,
  ],
  [
    "the server does not speak TLS",
    async (t) => `https://127.0.0.1:${(await answering(t, "HTTP/1.1 400 Bad Request\r\n\r\n")).port}`,
    /^getMe: /,
    false,
  ],
  ["the server breaks off after the request", at((socket) => socket.destroy()), /was reset$/, true],
  ["it ends without an answer", at((socket) => socket.end()), /was reset$/, true],
  ["the answer is cut off", at((socket) => socket.end(KEEP_ALIVE.slice(0, -2))), /(cut off|reset)$/, true],
  ["the answer is no HTTP", at((socket) => socket.end("hello\r\n\r\n")), /Parse Error/, true],
  [
    "the answer is too long",
    at((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      for (let mebibyte = 0; mebibyte < 34; mebibyte++) socket.write(Buffer.alloc(1024 * 1024));
    }),
    /the answer is too long$/,
    true,
  ],
];

for (const [title, place, reason, mayHaveArrived] of FAILURES) {
  test(`failure 21: neither token nor address is told when ${title}`, async (t) => {
    const root = await place(t);
    const client = createClient({ root: new URL(root), token: TOKEN });
    t.after(() => client.close());
    await assert.rejects(client.call("getMe", {}), (error) => {
      assert.ok(error instanceof NetworkError);
      assert.match(error.message, reason);
      assert.equal(error.mayHaveArrived, mayHaveArrived);
      const everything = `${error.stack} ${JSON.stringify(error)} ${error.cause}`;
      for (const secret of ["very-secret", "/bot", root]) assert.ok(!everything.includes(secret), everything);
      return true;
    });
  });
}

test("an answer that does not come ends the request after its time", async (t) => {
  const clock = fakeClock();
  let asked = (): void => {};
  const request = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const server = await rawServer(t, (socket) => void socket.once("data", asked));
  const result = transportTo(t, server.port, clock).request({ ...GET, timeoutMs: 60_000 });
  const rejected = assert.rejects(result, { message: "no answer within 60 s", mayHaveArrived: true });
  await request;
  await clock.advance(60_000);
  await rejected;
  assert.equal(clock.pending, 0);
});

test("a connection that does not come about ends the request sooner, and nothing has left", async (t) => {
  const clock = fakeClock();
  let accepted = (): void => {};
  const connection = new Promise<void>((resolve) => {
    accepted = resolve;
  });
  const server = await rawServer(t, (socket) => void socket.once("data", accepted));
  const result = transportTo(t, `https://127.0.0.1:${server.port}`, clock).request(GET_SLOWLY);
  const rejected = assert.rejects(result, { message: "no connection within 10 s", mayHaveArrived: false });
  await connection;
  await clock.advance(10_000);
  await rejected;
});

const GET_SLOWLY: HttpRequest = { ...GET, timeoutMs: 60_000 };

test("an abort ends the request at once", async (t) => {
  const ending = new AbortController();
  const server = await rawServer(t, (socket) => void socket.once("data", () => ending.abort()));
  const result = transportTo(t, server.port).request({ ...GET_SLOWLY, signal: ending.signal });
  await assert.rejects(result, { message: "aborted", mayHaveArrived: true });
});

test("what was aborted before is not begun", async (t) => {
  const server = await httpServer(t, (_, response) => void response.end());
  const transport = transportTo(t, server.port);
  const result = transport.request({ ...GET, signal: AbortSignal.abort() });
  await assert.rejects(result, { message: "aborted", mayHaveArrived: false });
  assert.equal((await transport.request(GET)).status, 200);
});

test("an answer that comes before all was read counts", async (t) => {
  const server = await rawServer(t, (socket) =>
    socket.once("data", () => {
      socket.pause();
      socket.write("HTTP/1.1 413 Request Entity Too Large\r\ncontent-length: 2\r\n\r\nno");
    }),
  );
  const body = Buffer.alloc(20 * 1024 * 1024);
  const { status } = await transportTo(t, server.port).request({ ...GET, method: "POST", body });
  assert.equal(status, 413);
});

function answering(t: TestContext, answer: string): Promise<RawServer> {
  return rawServer(t, (socket) => void socket.once("data", () => socket.end(answer)));
}

/** A place that does this when a request has come. */
function at(act: (socket: Socket) => void): (t: TestContext) => Promise<string> {
  return async (t) => {
    const server = await rawServer(t, (socket) => void socket.once("data", () => act(socket)));
    return `http://127.0.0.1:${server.port}`;
  };
}
