import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startBotApi } from "../fakes/bot-api.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import type { Case, Outcome } from "./https-calls.ts";
import { closedPort, connectProxy, rawServer, tlsServer } from "./servers.ts";

const run = promisify(execFile);
const program = fileURLToPath(new URL("https-calls.ts", import.meta.url));

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A certificate that signs itself for these names. */
async function certificateFor(folder: string, names: string): Promise<Certificate> {
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  await run("openssl", [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test".split(" "),
    ...["-addext", `subjectAltName=${names}`, "-keyout", key, "-out", cert],
  ]);
  return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
}

/** Telegram behind TLS, with a certificate for both names of this machine, and for one of them each. */
async function secureApi(t: TestContext) {
  const folder = await temporaryFolder(t);
  const own = await certificateFor(folder, "DNS:localhost,IP:127.0.0.1");
  const nameOnly = await certificateFor(folder, "DNS:localhost");
  const addressOnly = await certificateFor(folder, "IP:127.0.0.1");
  const trusted = join(folder, "trusted.pem");
  await writeFile(trusted, own.cert + nameOnly.cert + addressOnly.cert);
  const api = await startBotApi();
  t.after(() => api.close());
  const port = Number(new URL(api.root).port);
  const server = await tlsServer(t, own, port);
  const foreign = [
    `https://127.0.0.1:${(await tlsServer(t, nameOnly, port)).port}`,
    `https://localhost:${(await tlsServer(t, addressOnly, port)).port}`,
  ];
  const call = async (cases: readonly Omit<Case, "token">[], trusting = true): Promise<Outcome[]> => {
    const argument = JSON.stringify(cases.map((each) => ({ ...each, token: api.token })));
    const { NODE_EXTRA_CA_CERTS: _, ...others } = process.env;
    const env = trusting ? { ...others, NODE_EXTRA_CA_CERTS: trusted } : others;
    const { stdout } = await run(process.execPath, ["--import", "tsx", program, argument], { env });
    assert.ok(!stdout.includes(api.token));
    return JSON.parse(stdout);
  };
  return { api, server, foreign, call, works: { username: api.bot.username } };
}

test("calls go over TLS", async (t) => {
  const { server, call, works } = await secureApi(t);
  assert.deepEqual(await call([{ root: `https://localhost:${server.port}`, calls: 3 }]), [works]);
  assert.equal(server.connections, 1);
  assert.deepEqual(await call([{ root: `https://127.0.0.1:${server.port}` }]), [works]);
});

test("nothing leaves for a server whose certificate is not trusted or not its own", async (t) => {
  const { api, server, foreign, call } = await secureApi(t);
  const proxy = `http://127.0.0.1:${(await connectProxy(t)).port}`;
  const untrusted = { root: `https://localhost:${server.port}` };
  const direct = foreign.map((root) => ({ root }));
  const through = ({ root }: { root: string }) => ({ root, proxy });
  const outcomes = [
    ...(await call([untrusted, through(untrusted)], false)),
    ...(await call([...direct, ...direct.map(through)])),
  ];
  assert.equal(outcomes.length, 6);
  for (const [index, outcome] of outcomes.entries()) {
    assert.ok("error" in outcome && outcome.mayHaveArrived === false, JSON.stringify(outcome));
    assert.match(
      outcome.error,
      index < 2 ? /self-signed certificate$/ : /does not match certificate's altnames/,
    );
  }
  assert.equal(api.calls().length, 0);
});

test("calls go through a proxy, over one tunnel, with and without a login", async (t) => {
  const { api, server, call, works } = await secureApi(t);
  const open = await connectProxy(t);
  const guarded = await connectProxy(t, "ada:pass word");
  const named = `https://localhost:${server.port}`;
  const outcomes = await call([
    { root: named, proxy: `http://127.0.0.1:${open.port}`, calls: 3 },
    { root: `https://127.0.0.1:${server.port}`, proxy: `http://ada:pass%20word@127.0.0.1:${guarded.port}` },
  ]);
  assert.deepEqual(outcomes, [works, works]);
  assert.deepEqual(server.names.toSorted(), ["localhost", false].toSorted());
  assert.deepEqual(open.targets, [`localhost:${server.port}`]);
  assert.deepEqual(guarded.targets, [`127.0.0.1:${server.port}`]);
  assert.equal(api.calls().length, 4);
});

test("what fails at the proxy has not arrived, and its login is not told", async (t) => {
  const { api, server, call } = await secureApi(t);
  const guarded = await connectProxy(t, "ada:password");
  const open = await connectProxy(t);
  const breaking = await rawServer(t, (socket) => socket.destroy());
  const root = `https://localhost:${server.port}`;
  const wrong = `http://ada:hunter2@127.0.0.1:${guarded.port}`;
  const malformed = `http://ada:hunter%2@127.0.0.1:${guarded.port}`;
  const down = `http://127.0.0.1:${await closedPort(t)}`;
  const nowhere = `https://localhost:${await closedPort(t)}`;
  const outcomes = await call([
    { root, proxy: wrong },
    { root, proxy: malformed },
    { root, proxy: down },
    { root, proxy: `http://127.0.0.1:${breaking.port}` },
    { root: nowhere, proxy: `http://127.0.0.1:${open.port}` },
    { root: `https://localhost:${breaking.port}`, proxy: `http://127.0.0.1:${open.port}` },
  ]);
  const errors = outcomes.map((outcome) => {
    assert.ok("error" in outcome && outcome.mayHaveArrived === false, JSON.stringify(outcome));
    assert.ok(!outcome.error.includes("hunter"), outcome.error);
    return outcome.error.replace("NetworkError: getMe: ", "");
  });
  const patterns = [
    /^the proxy refused the connection with status 407$/,
    /^URI malformed$/,
    /^the proxy cannot be reached: connection refused$/,
    /^the proxy cannot be reached: the connection was reset$/,
    /^the proxy refused the connection with status 502$/,
    /reset|disconnected/,
  ];
  for (const [index, pattern] of patterns.entries()) assert.match(errors[index] ?? "", pattern);
  assert.equal(api.calls().length, 0);
});
