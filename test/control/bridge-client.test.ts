import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import { join } from "node:path";
import test from "node:test";
import { BridgeClient, BridgeError } from "../../src/control/bridge-client.ts";
import { BridgeSocket } from "../../src/control/bridge-socket.ts";
import { VERSION } from "../../src/version.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const HAS = { "nanogent-version": VERSION };
const NEWER = { "nanogent-version": `${Number(VERSION.split(".")[0]) + 1}.2.0` };
const error = (code: string, message: string, hint?: string) => ({ error: { code, message, hint } });

test("what a bridge does not do is said in its own words, and what another version answers is not believed", async (t) => {
  const path = join(await temporaryFolder(t), "control.sock");
  let answer: (response: ServerResponse) => void = () => {};
  const server = createServer((_, response) => answer(response));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const json =
    (status: number, headers: Record<string, string>, body: unknown) => (response: ServerResponse) =>
      void response.writeHead(status, headers).end(JSON.stringify(body));
  const cases: [what: string, answer: typeof answer, code: string, said: RegExp][] = [
    [
      "an error",
      json(404, HAS, error("no-session", "There is none.", "Look.")),
      "no-session",
      /^There is none\. Look\.$/,
    ],
    ["an error that says nothing", json(500, HAS, "x"), "fault", /^The bridge did not say why\.$/],
    [
      "its refusal",
      json(409, NEWER, error("wrong-version", "No.", "Replace.")),
      "wrong-version",
      /^No\. Replace\.$/,
    ],
    [
      "a newer bridge",
      json(200, NEWER, {}),
      "wrong-version",
      /The bridge here is nanogent \d+\.2\.0, and this is nanogent/,
    ],
    [
      "an older bridge",
      json(200, { "nanogent-version": "old-1" }, {}),
      "wrong-version",
      /^The bridge here is nanogent old-1/,
    ],
    [
      "one that tells no version",
      json(200, {}, {}),
      "wrong-version",
      /^The bridge here is nanogent an older version/,
    ],
    [
      "one that does not know that yet",
      json(404, { "nanogent-version": "1.0.0-old" }, error("not-found", "Nothing here.")),
      "wrong-version",
      /does not know that\. Replace the nanogent\.mjs/,
    ],
    [
      "one that does not know that at all",
      json(404, HAS, error("not-found", "Nothing here.")),
      "not-found",
      /^Nothing here\.$/,
    ],
    ["one that hangs", () => {}, "timed-out", /^The bridge does not answer\./],
    ["one that is cut off", (response) => void response.socket?.destroy(), "no-bridge", /nanogent start$/],
    [
      "one that ends within",
      (response) => void response.writeHead(200, HAS).write("{", () => response.destroy()),
      "no-bridge",
      /nanogent start$/,
    ],
  ];
  for (const [what, said, code, words] of cases) {
    answer = said;
    const asked = new BridgeClient(path).ask({ method: "GET", path: "/v1/sessions", withinMs: 300 });
    await assert.rejects(
      asked,
      (fault) => {
        assert.ok(fault instanceof BridgeError, what);
        assert.equal(fault.code, code, what);
        assert.match([fault.message, fault.hint].filter(Boolean).join(" "), words, what);
        return true;
      },
      what,
    );
  }
  answer = json(200, HAS, { sessions: [] });
  assert.deepEqual(await new BridgeClient(path).ask({ method: "GET", path: "/v1/sessions" }), {
    sessions: [],
  });
  answer = json(404, {}, error("not-found", "Nothing here."));
  const events = { onText: () => {}, onBinary: () => {}, onClose: () => {} };
  await assert.rejects(BridgeSocket.open(path, events), { code: "wrong-version" });
});
