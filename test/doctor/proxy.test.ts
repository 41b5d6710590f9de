import assert from "node:assert/strict";
import test from "node:test";
import { proxy } from "../../src/doctor/proxy.ts";
import { token } from "../../src/doctor/token.ts";
import { closedPort, connectProxy, rawServer } from "../telegram/servers.ts";
import { lines, patient } from "./patients.ts";

test("a proxy is told of as it is used", async (t) => {
  const closed = await closedPort(t);
  const refusing = await connectProxy(t, "ada:open sesame");
  const onward = await connectProxy(t);
  const nobody = `https://127.0.0.1:${await closedPort(t)}`;
  const strange = await rawServer(t, (socket) => void socket.end("what?\r\n\r\n"));
  const cases: [root: string, proxy: string | undefined, noProxy: string | undefined, found: RegExp][] = [
    ["http://127.0.0.1:1", undefined, undefined, /^proxy pass: None is set\.$/],
    ["http://127.0.0.1:1", `http://127.0.0.1:${closed}`, undefined, /^proxy pass: Not used: .* http address/],
    [nobody, `http://127.0.0.1:${closed}`, "127.0.0.1", /^proxy pass: Not used for 127.0.0.1, as NO_PROXY/],
    [
      nobody,
      `http://127.0.0.1:${closed}`,
      undefined,
      /^proxy fail: 127\.0\.0\.1 is not reached through 127\.0\.0\.1:\d+: the proxy cannot be reached: connection refused\. → Correct HTTPS_PROXY, or name 127\.0\.0\.1 in/,
    ],
    [
      nobody,
      `http://ada:sesame@127.0.0.1:${refusing.port}`,
      undefined,
      /^proxy fail: .* refused the connection with status 407\. → It wants a login/,
    ],
    [nobody, `http://127.0.0.1:${onward.port}`, undefined, /^proxy fail: .* with status 502\. → Correct/],
    [nobody, `http://127.0.0.1:${strange.port}`, undefined, /^proxy fail: /],
  ];
  for (const [root, url, noProxy, found] of cases) {
    const env = { ...(url ? { HTTPS_PROXY: url } : {}), ...(noProxy ? { NO_PROXY: noProxy } : {}) };
    const met = await patient(t, { root, env });
    const [line = ""] = lines(await proxy(met));
    assert.match(line, found);
    assert.ok(!line.includes("sesame"), "the password is not shown");
  }
});

test("a token that could not be tried points at the proxy where one is used, else at the server", async (t) => {
  const port = await closedPort(t);
  const server = `127.0.0.1:${await closedPort(t)}`;
  const cases: [root: string, found: string][] = [
    [
      `https://${server}`,
      `token fail: Telegram cannot be asked: the proxy cannot be reached: connection refused. → Look at the proxy of HTTPS_PROXY (127.0.0.1:${port}) first.`,
    ],
    [
      `http://${server}`,
      `token fail: Telegram cannot be asked: connection refused. → Is the Bot API server of TELEGRAM_API_ROOT (http://${server}) running, and is the address right?`,
    ],
  ];
  for (const [root, found] of cases) {
    const met = await patient(t, { root, lines: [`HTTPS_PROXY=http://127.0.0.1:${port}`] });
    assert.deepEqual(lines(await token(met)), [found]);
  }
});
