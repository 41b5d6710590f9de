import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test, { type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { page } from "../../src/doctor/page.ts";
import { lockProject, prepareState, projectPaths } from "../../src/project.ts";
import { writeLinkFile } from "../../src/web/link-file.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { closedPort } from "../telegram/servers.ts";
import { lines, patient } from "./patients.ts";

const PAGE = "<html><title>nanogent terminals</title></html>";

async function web(t: TestContext, status: number, body: string | Buffer, headers = {}): Promise<URL> {
  const server = createServer((_request, response) => response.writeHead(status, headers).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

test("the page is told as it is served, and as its address for phones answers", async (t) => {
  const closed = new URL(`http://127.0.0.1:${await closedPort(t)}`);
  const own = await web(t, 200, gzipSync(PAGE), { "content-encoding": "gzip" });
  const here = own.origin;
  const other = await web(t, 200, "<title>Router</title>");
  const plainly = await web(t, 200, PAGE);
  const renamed = await web(t, 403, '{"error":{"code":"wrong-host"}}');
  const broken = await web(t, 200, "no gzip", { "content-encoding": "gzip" });
  const off = ["NANOGENT_WEB=off"];
  const tunnel = ["NANOGENT_TUNNEL=cloudflared"];
  const cases: [env: string[], served: URL | undefined, phones: URL | undefined, found: string][] = [
    [off, own, own, "pass: Off, as NANOGENT_WEB says."],
    [[], undefined, undefined, "skipped: The bridge has just started; ask again in a moment."],
    [
      [],
      closed,
      undefined,
      `fail: ${closed.origin} does not answer with the page (connection refused). → Restart the bridge.`,
    ],
    [
      [],
      other,
      undefined,
      `fail: ${other.origin} does not answer with the page (status 200). → Restart the bridge.`,
    ],
    [
      [],
      broken,
      undefined,
      `fail: ${broken.origin} does not answer with the page (status 200). → Restart the bridge.`,
    ],
    [
      [],
      own,
      undefined,
      `pass: ${here} answers: nanogent open. For phones set NANOGENT_TUNNEL or NANOGENT_PUBLIC_URL.`,
    ],
    [
      tunnel,
      own,
      undefined,
      `warning: ${here} answers, but cloudflared has not given it an address for phones. → The chat was told what cloudflared said; it is tried again all the time.`,
    ],
    [[], own, plainly, `pass: ${plainly.origin} leads to ${here}.`],
    [
      [],
      own,
      other,
      `fail: ${other.origin} does not answer with the page (status 200). → See that it leads to ${here}; NANOGENT_PORT gives the page a port that stays.`,
    ],
    [
      [],
      own,
      renamed,
      `fail: ${renamed.origin} does not answer with the page (status 403). → What leads from there to ${here} has to leave the Host header as it is.`,
    ],
    [
      [],
      own,
      closed,
      `warning: ${closed.origin} is not reached from this machine: connection refused. → It matters only if your phone does not reach it either: then see that it leads to ${here}.`,
    ],
  ];
  for (const [env, served, url, found] of cases) {
    const folder = await temporaryFolder(t);
    const paths = projectPaths(folder);
    prepareState(paths);
    const lock = lockProject(paths);
    if (served) writeLinkFile(paths, { port: Number(served.port), key: Buffer.alloc(1), url });
    assert.deepEqual(lines(await page(await patient(t, { folder, lines: env }))), [`page ${found}`]);
    lock.release();
  }
});

test("without a bridge there is nothing to ask, and the local chat has no page", async (t) => {
  const met = await patient(t);
  assert.deepEqual(lines(await page(met)), ["page skipped: It is served while the bridge runs."]);
  assert.deepEqual(lines(await page({ ...met, telegram: false })), []);
  assert.deepEqual(lines(await page({ ...met, config: undefined })), [
    "page skipped: Not known without .env.",
  ]);
});
