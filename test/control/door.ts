import { chmodSync, mkdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { asObject } from "../../src/agents/json.ts";
import { systemClock } from "../../src/clock.ts";
import type { ControlRoute } from "../../src/control/router.ts";
import { ControlServer } from "../../src/control/server.ts";
import { silentLog } from "../../src/log.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type Site, site } from "../web/site.ts";

/** A control socket and a page that show the same. */
export interface Door {
  readonly site: Site;
  readonly path: string;
  readonly server: ControlServer;
  call(method: string, path: string, more?: DoorCall): Promise<DoorAnswer>;
}

export interface DoorCall {
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes as it is. */
  readonly body?: unknown;
}

export interface DoorAnswer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly json: Readonly<Record<string, unknown>>;
  readonly code: unknown;
}

export async function door(t: TestContext, routes: readonly ControlRoute[] = []): Promise<Door> {
  const made = await site(t);
  const state = join(await temporaryFolder(t), ".nanogent");
  mkdirSync(state);
  chmodSync(state, 0o755);
  const path = join(state, "control.sock");
  const needs = async () => made.needs;
  const server = new ControlServer({ path, routes, needs, clock: systemClock, log: silentLog });
  await server.open();
  t.after(() => server.stop());
  return { site: made, path, server, call: (...call) => ask(path, ...call) };
}

/** One request, written as it is given. */
export function ask(
  socketPath: string,
  method: string,
  path: string,
  { headers, body }: DoorCall = {},
): Promise<DoorAnswer> {
  const sent = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asking = request(
      { socketPath, method, path, headers: { ...headers }, agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          const json = asObject(text === "" ? {} : JSON.parse(text));
          const { code } = asObject(json.error);
          resolve({ status: response.statusCode, headers: response.headers, json, code });
        });
      },
    );
    asking.on("error", reject);
    asking.end(sent);
  });
}
