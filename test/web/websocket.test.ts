import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import test from "node:test";
import { fakeClock } from "../fakes/clock.ts";
import { closing, frame } from "./frames.ts";
import { echoServer, openClient, rawClient } from "./sockets.ts";
import { until } from "./until.ts";

test("an independent client and this server understand each other, for all sizes of messages", async (t) => {
  const server = await echoServer(t);
  const client = await openClient(t, server.url);
  assert.equal(client.protocol, "nanogent.1");
  assert.equal(client.extensions, "");
  for (const length of [0, 1, 125, 126, 65_535, 65_536, 1_048_576]) {
    for (const isBinary of [true, false]) {
      const sent = "é".repeat(length / 2).padEnd(length - Math.floor(length / 2), ".");
      client.send(Buffer.from(sent), { binary: isBinary });
      const [data, wasBinary] = await once(client, "message");
      assert.deepEqual([String(data) === sent, wasBinary], [true, isBinary], `${length} bytes`);
    }
  }
});

test("fragments, pings and the end of an independent client are understood", async (t) => {
  const server = await echoServer(t);
  const client = await openClient(t, server.url);
  client.send("a", { fin: false });
  client.ping("between");
  client.send("b", { fin: true });
  const [[pong], [message]] = await Promise.all([once(client, "pong"), once(client, "message")]);
  assert.deepEqual([String(pong), String(message)], ["between", "ab"]);
  client.close(4000, "enough");
  assert.deepEqual((await once(client, "close"))[0], 4000);
  await until("the end at the server", () => server.ended.length === 1);
  assert.deepEqual(server.ended, [4000]);
});

test("the server closes with a code and a reason, and sends nothing after that", async (t) => {
  const server = await echoServer(t);
  const client = await openClient(t, server.url);
  server.sockets[0]?.close(4401, "ä".repeat(100));
  server.sockets[0]?.sendText("late");
  const messages: unknown[] = [];
  client.on("message", (message) => messages.push(message));
  const [code, reason] = await once(client, "close");
  assert.deepEqual([code, String(reason), messages], [4401, "ä".repeat(61), []]);
  await until("the end at the server", () => server.ended.length === 1);
  assert.deepEqual(server.ended, [4401]);
});

test("what is no frame is answered with the right code, and the connection ends", async (t) => {
  const server = await echoServer(t);
  const cases: [what: string, bytes: Buffer, code: number][] = [
    ["unmasked", frame({ opcode: 1, payload: "a", masked: false }), 1002],
    ["reserved bit", frame({ opcode: 1, reserved: 0x40 }), 1002],
    ["unknown opcode", frame({ opcode: 3 }), 1002],
    ["oversize", frame({ opcode: 2, length: 1_048_577n }), 1009],
    ["bad UTF-8", frame({ opcode: 1, payload: Buffer.from([0xc0]) }), 1007],
    ["interleaved", Buffer.concat([frame({ opcode: 1, final: false }), frame({ opcode: 2 })]), 1002],
    ["bad close code", frame({ opcode: 8, payload: closing(1006) }), 1002],
  ];
  for (const [what, bytes, code] of cases) {
    const client = await rawClient(t, server.port, bytes);
    await client.ended;
    client.socket.end();
    const answer = client.received();
    assert.deepEqual([answer[0], answer.readUInt16BE(2)], [0x88, code], what);
    await until(
      "the end at the server",
      () => server.ended.length === cases.findIndex(([it]) => it === what) + 1,
    );
    assert.equal(server.ended.at(-1), code, what);
  }
});

test("frames that come in one piece with the handshake are not lost", async (t) => {
  const server = await echoServer(t);
  const client = await rawClient(t, server.port, frame({ opcode: 1, payload: "early" }));
  await until("the echo", () => client.received().includes("early"));
});

test("a close is answered with its own code, and one without a code with none", async (t) => {
  const server = await echoServer(t);
  for (const [payload, answer] of [
    [closing(1000, "bye"), Buffer.from([0x88, 2, 0x03, 0xe8])],
    [Buffer.alloc(0), Buffer.from([0x88, 0])],
  ]) {
    const client = await rawClient(t, server.port, frame({ opcode: 8, payload: payload ?? "" }));
    await client.ended;
    client.socket.end();
    assert.deepEqual(client.received(), answer);
  }
});

test("what comes behind a close, or behind what is no frame, is not heard", async (t) => {
  const server = await echoServer(t);
  const late = frame({ opcode: 1, payload: "late" });
  const ends: [what: string, bytes: Buffer][] = [
    ["a close", frame({ opcode: 8, payload: closing(1000) })],
    ["no frame", frame({ opcode: 3 })],
    ["too large", frame({ opcode: 2, length: 1_048_577n })],
  ];
  for (const [what, bytes] of ends) {
    const client = await rawClient(t, server.port, Buffer.concat([bytes, late]));
    await client.ended;
    client.socket.end();
    assert.equal(client.received()[0], 0x88, what);
    assert.ok(!client.received().includes("late"), what);
  }
  assert.deepEqual(server.heard, []);
});

test("half a frame is waited for, and its end without the rest is a cut", async (t) => {
  const server = await echoServer(t);
  const whole = frame({ opcode: 1, payload: "whole" });
  const client = await rawClient(t, server.port, whole.subarray(0, 4));
  await until("the socket", () => server.sockets.length === 1);
  client.socket.write(whole.subarray(4));
  await until("the echo", () => client.received().includes("whole"));
  client.socket.end(whole.subarray(0, 7));
  await until("the end", () => server.ended.length === 1);
  assert.deepEqual([server.ended, server.heard], [[1006], ["whole"]]);
});

test("a connection that is cut ends with 1006", async (t) => {
  const server = await echoServer(t);
  const client = await openClient(t, server.url);
  client.terminate();
  await until("the end", () => server.ended.length > 0);
  assert.deepEqual(server.ended, [1006]);
});

test("a client that answers pings stays, and one that is gone is cut", async (t) => {
  const clock = fakeClock();
  const server = await echoServer(t, clock);
  const client = await openClient(t, server.url);
  const pings = () => new Promise((resolve) => client.once("ping", resolve));
  for (let round = 0; round < 5; round++) {
    const ping = pings();
    await clock.advance(25_000);
    await ping;
    // The answer has to be there before the time goes on.
    client.send("alive");
    await until("the answer", () => server.heard.length === round + 1);
  }
  assert.deepEqual(server.ended, []);
  const gone = await rawClient(t, server.port);
  await until("both", () => server.sockets.length === 2);
  client.terminate();
  for (let round = 0; round < 3; round++) await clock.advance(25_000);
  await gone.ended;
  assert.deepEqual(server.ended, [1006, 1006]);
  assert.equal(clock.pending, 0, "no timer is left");
});

test("a client that does not answer the end is cut", async (t) => {
  const clock = fakeClock();
  const server = await echoServer(t, clock);
  const client = await rawClient(t, server.port);
  await until("the socket", () => server.sockets.length === 1);
  server.sockets[0]?.close(1000);
  await clock.advance(10_000);
  await client.ended;
  assert.deepEqual(server.ended, [1000]);
});

test("a client that never closes its end after a refusal is cut", async (t) => {
  const server = await echoServer(t);
  const client = await rawClient(t, server.port, Buffer.alloc(0), "nanogent.0");
  await client.ended;
  await until("its end", () => server.connections() === 0);
  const clock = fakeClock();
  const other = await echoServer(t, clock);
  const bad = await rawClient(t, other.port, frame({ opcode: 3 }));
  await until("the refusal", () => bad.received().length > 0);
  await clock.advance(1);
  other.sockets[0]?.close(1001, "", 100);
  await clock.advance(100);
  await until("the end", () => other.ended.length === 1);
  assert.deepEqual([other.connections(), clock.pending], [0, 0]);
});

test("what a client does not read is seen, and it is told when it is out", async (t) => {
  const server = await echoServer(t);
  const client = await rawClient(t, server.port);
  await until("the socket", () => server.sockets.length === 1);
  const [socket] = server.sockets;
  client.socket.pause();
  for (let count = 0; count < 64; count++) socket?.sendBinary(Buffer.alloc(1024 * 1024));
  assert.ok((socket?.bufferedAmount ?? 0) > 1024 * 1024);
  client.socket.resume();
  await until("all of it", () => socket?.bufferedAmount === 0, 30_000);
});

test("requests that are none for this protocol are refused", async (t) => {
  const server = await echoServer(t);
  const good = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": "other, nanogent.1",
  };
  const cases: [change: Record<string, string>, status: number, accept?: string][] = [
    [{}, 101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    [{ Upgrade: "h2c" }, 400],
    [{ "Sec-WebSocket-Key": "short" }, 400],
    [{ "Sec-WebSocket-Version": "8" }, 426],
    [{ "Sec-WebSocket-Protocol": "nanogent.2" }, 400],
  ];
  for (const [change, status, accept] of cases) {
    const call = request({ port: server.port, host: "127.0.0.1", headers: { ...good, ...change } }).end();
    const [answer] = await Promise.race([once(call, "upgrade"), once(call, "response")]);
    assert.equal(answer.statusCode, status, JSON.stringify(change));
    assert.equal(answer.headers["sec-websocket-accept"], accept);
    call.destroy();
  }
});
