import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { startTunnel, type Tunnel } from "../../src/web/tunnel.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { until } from "./until.ts";

/** What cloudflared 2025 writes to stderr for a quick tunnel. */
const CLOUDFLARED = (name: string) => `cat >&2 <<'END'
2026-01-01T00:00:00Z INF Thank you for trying Cloudflare Tunnel. See https://developers.cloudflare.com/cloudflare-one/connections/connect-apps and the terms at https://www.cloudflare.com/website-terms/
2026-01-01T00:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-01-01T00:00:01Z INF +--------------------------------------------------------------------------------------------+
2026-01-01T00:00:01Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |
2026-01-01T00:00:01Z INF |  https://${name}.trycloudflare.com                                             |
2026-01-01T00:00:01Z INF +--------------------------------------------------------------------------------------------+
2026-01-01T00:00:01Z INF Registered tunnel connection connIndex=0 ip=198.41.200.1 location=fra01 protocol=quic
END
`;
const CLOUDFLARED_REFUSED = `cat >&2 <<'END'
2026-01-01T00:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...
failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: lookup api.trycloudflare.com: no such host
END
exit 1`;
/** What tailscale 1.80 prints. */
const TAILSCALE = `cat <<'END'
Available within your tailnet:

https://laptop.tail1234.ts.net/
|-- proxy http://127.0.0.1:8022

Press Ctrl+C to exit.
END
`;
const TAILSCALE_OFF = `cat <<'END'

Serve is not enabled on your tailnet.
To enable, visit:

         https://login.tailscale.com/f/serve?node=nodeidDEVEL
END
`;
/** It goes on, as the real ones do. */
const STAY = "exec sleep 1000";

interface Watched {
  readonly clock: FakeClock;
  readonly folder: string;
  readonly tunnel: Tunnel;
  readonly urls: (string | undefined)[];
  readonly faults: string[];
  /** The processes that were started, in order. */
  pids(): number[];
  write(script: string): void;
}

/** A tunnel with a stand-in for its program. Undefined: there is none. */
async function watch(
  t: TestContext,
  name: "cloudflared" | "tailscale",
  script: string | undefined,
  env: NodeJS.ProcessEnv = {},
): Promise<Watched> {
  const folder = await temporaryFolder(t);
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const write = (body: string): void =>
    writeFileSync(join(bin, name), `#!/bin/sh\necho $$ >> pids\necho "$*" >> calls\nenv >> env\n${body}\n`, {
      mode: 0o755,
    });
  if (script !== undefined) write(script);
  const clock = fakeClock();
  const urls: (string | undefined)[] = [];
  const faults: string[] = [];
  const tunnel = startTunnel({
    ...{ name, port: 8022, folder, clock, secrets: ["secret-value"] },
    env: { PATH: script === undefined ? bin : `${bin}:${process.env.PATH}`, ...env },
    onUrl: (url) => urls.push(url?.href),
    onFault: (fault) => faults.push(fault),
  });
  t.after(() => tunnel.stop());
  const pids = (): number[] =>
    existsSync(join(folder, "pids"))
      ? readFileSync(join(folder, "pids"), "utf8").trim().split("\n").map(Number)
      : [];
  return { clock, folder, tunnel, urls, faults, pids, write };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test("the address is picked out of what the programs really print", async (t) => {
  const cases: ["cloudflared" | "tailscale", script: string, url: string, call: string][] = [
    [
      "cloudflared",
      CLOUDFLARED("four-random-small-words"),
      "https://four-random-small-words.trycloudflare.com/",
      "tunnel --no-autoupdate --url http://127.0.0.1:8022",
    ],
    ["tailscale", TAILSCALE, "https://laptop.tail1234.ts.net/", "serve http://127.0.0.1:8022"],
  ];
  for (const [name, script, url, call] of cases) {
    const { urls, faults, folder, pids, tunnel } = await watch(t, name, `${script}${STAY}`);
    await until("the address", () => urls.length > 0);
    assert.deepEqual([urls, faults, readFileSync(join(folder, "calls"), "utf8")], [[url], [], `${call}\n`]);
    await tunnel.stop();
    assert.deepEqual(pids().map(isAlive), [false], "it ends with the bridge");
    assert.deepEqual(urls, [url], "an end that is wanted is no news");
  }
});

test("no secret is in its environment or its arguments", async (t) => {
  const { urls, folder } = await watch(t, "tailscale", `${TAILSCALE}${STAY}`, {
    TELEGRAM_BOT_TOKEN: "1:token",
    OTHER: "secret-value",
    HOME: "/home/ada",
  });
  await until("the address", () => urls.length > 0);
  const all = readFileSync(join(folder, "env"), "utf8") + readFileSync(join(folder, "calls"), "utf8");
  assert.match(all, /HOME=\/home\/ada/);
  assert.doesNotMatch(all, /token|secret-value/);
});

test("its death is told once, and it is started again until it holds, with the new address", async (t) => {
  const { clock, urls, faults, pids, write } = await watch(
    t,
    "cloudflared",
    `${CLOUDFLARED("first")}${STAY}`,
  );
  await until("the address", () => urls.length === 1);
  write(CLOUDFLARED_REFUSED);
  process.kill(pids()[0] ?? 0, "SIGKILL");
  await until("the news", () => faults.length === 1);
  for (let tries = 2; tries <= 4; tries++) {
    await until("the wait", () => clock.pending > 0);
    await clock.advance(30_000);
    await until(`try ${tries}`, () => pids().length === tries);
    await until("its end", () => pids().every((pid) => !isAlive(pid)));
  }
  write(`${CLOUDFLARED("second")}${STAY}`);
  await until("the repair", () => {
    void clock.advance(1_000);
    return urls.at(-1) === "https://second.trycloudflare.com/";
  });
  assert.deepEqual(faults, [
    "cloudflared has ended (SIGKILL), so the page cannot be reached from elsewhere; it is started again. It said: 2026-01-01T00:00:01Z INF Registered tunnel connection connIndex=0 ip=198.41.200.1 location=fra01 protocol=quic",
  ]);
  assert.deepEqual(
    new Set(urls),
    new Set(["https://first.trycloudflare.com/", undefined, "https://second.trycloudflare.com/"]),
  );
});

test("what keeps it from working is told with what to do", async (t) => {
  const cases: ["cloudflared" | "tailscale", script: string | undefined, fault: RegExp][] = [
    ["cloudflared", undefined, /^cloudflared is not installed here, .* It is at https:\/\/github\.com/],
    ["cloudflared", CLOUDFLARED_REFUSED, /ended \(exit 1\).* no such host$/],
    ["tailscale", TAILSCALE_OFF, /https:\/\/login\.tailscale\.com\/f\/serve\?node=nodeidDEVEL$/],
  ];
  for (const [name, script, fault] of cases) {
    const { urls, faults, tunnel } = await watch(t, name, script);
    await until("the fault", () => faults.length > 0);
    assert.match(faults[0] ?? "", fault);
    await tunnel.stop();
    assert.deepEqual([...new Set(urls)], [undefined], "no other address was taken for it");
  }
});

test("one that tells no address is started again", async (t) => {
  const { clock, faults, pids } = await watch(t, "tailscale", `${TAILSCALE_OFF}${STAY}`);
  await until("the start", () => pids().length === 1);
  await clock.advance(60_000);
  await until("the fault", () => faults.length === 1);
  assert.match(faults[0] ?? "", /^tailscale tells no address for the page; it is started again\./);
  assert.deepEqual(pids().map(isAlive), [false]);
});

test("what a bridge that was killed has left is ended before another one is started", {
  skip: process.platform !== "linux",
}, async (t) => {
  const folder = await temporaryFolder(t);
  const mark = `tunnel-${createHash("sha256").update(folder).digest("hex").slice(0, 16)}`;
  const left = spawn("sleep", ["1000"], {
    env: { ...process.env, NANOGENT_JOB: mark },
    detached: true,
    stdio: "ignore",
  });
  t.after(() => left.kill("SIGKILL"));
  const ended = new Promise((resolve) => left.once("exit", (_, signal) => resolve(signal)));
  mkdirSync(join(folder, "bin"));
  appendFileSync(join(folder, "bin", "tailscale"), `#!/bin/sh\n${TAILSCALE}${STAY}\n`, { mode: 0o755 });
  const urls: unknown[] = [];
  const tunnel = startTunnel({
    ...{ name: "tailscale" as const, port: 1, folder, clock: fakeClock(), secrets: [], onFault: () => {} },
    env: { PATH: `${join(folder, "bin")}:${process.env.PATH}` },
    onUrl: (url) => urls.push(url),
  });
  t.after(() => tunnel.stop());
  assert.equal(await ended, "SIGTERM");
  await until("the address", () => urls.length === 1);
});
