import { gunzipSync } from "node:zlib";
import { systemClock } from "../clock.ts";
import { goesDirectly } from "../no-proxy.ts";
import { lockHolder, refuseUnsafeState } from "../project.ts";
import { createTransport, type HttpResponse } from "../telegram/transport.ts";
import { pageAddress } from "../web/link-file.ts";
import { ASK_MS, type Check, type Finding, type Patient } from "./examination.ts";

const NAME = "page";
/** The page comes a moment after the bridge. */
const STARTING_MS = 5_000;
const LARGEST_PAGE = 8 << 20;

/** Whether the page with the terminals is served, and whether its address for phones leads there. */
export const page: Check = async (patient) => {
  const { config, paths, telegram } = patient;
  // The local chat has none.
  if (!telegram) return [];
  if (!config) return { name: NAME, state: "skipped", words: "Not known without .env." };
  if (!config.web.on) return { name: NAME, state: "pass", words: "Off, as NANOGENT_WEB says." };
  try {
    refuseUnsafeState(paths);
  } catch {
    return { name: NAME, state: "skipped", words: "The state folder could not be looked into." };
  }
  const found = pageAddress(paths);
  if (found === "not-running")
    return { name: NAME, state: "skipped", words: "It is served while the bridge runs." };
  if (found === "no-page" && Date.now() - (lockHolder(paths)?.since ?? 0) < STARTING_MS)
    return { name: NAME, state: "skipped", words: "The bridge has just started; ask again in a moment." };
  if (found === "no-page")
    return {
      name: NAME,
      state: "warning",
      words: "The bridge that runs serves none.",
      fix: "Restart it. If it still serves none, what it says at its start tells why.",
    };
  const here = `http://127.0.0.1:${found.port}`;
  const served = await ask(new URL(here), patient);
  if (!isPage(served))
    return {
      name: NAME,
      state: "fail",
      words: `${here} does not answer with the page (${whatCame(served)}).`,
      fix: "Restart the bridge.",
    };
  if (found.url) return outside(found.url, here, patient);
  const { tunnel } = config.web;
  if (tunnel)
    return {
      name: NAME,
      state: "warning",
      words: `${here} answers, but ${tunnel} has not given it an address for phones.`,
      fix: `The chat was told what ${tunnel} said; it is tried again all the time.`,
    };
  return {
    name: NAME,
    state: "pass",
    words: `${here} answers: nanogent open. For phones set NANOGENT_TUNNEL or NANOGENT_PUBLIC_URL.`,
  };
};

async function outside(url: URL, here: string, patient: Patient): Promise<Finding> {
  const answer = await ask(url, patient);
  if (isPage(answer)) return { name: NAME, state: "pass", words: `${url.origin} leads to ${here}.` };
  if (typeof answer === "string")
    return {
      name: NAME,
      state: "warning",
      words: `${url.origin} is not reached from this machine: ${answer}.`,
      fix: `It matters only if your phone does not reach it either: then see that it leads to ${here}.`,
    };
  const isWrongHost = answer.status === 403 && answer.body.includes("wrong-host");
  return {
    name: NAME,
    state: "fail",
    words: `${url.origin} does not answer with the page (${whatCame(answer)}).`,
    fix: isWrongHost
      ? `What leads from there to ${here} has to leave the Host header as it is.`
      : `See that it leads to ${here}; NANOGENT_PORT gives the page a port that stays.`,
  };
}

/** @returns why there is no answer, when there is none. */
async function ask(url: URL, { config, env }: Patient): Promise<HttpResponse | string> {
  const proxy = goesDirectly(url.hostname, env) ? undefined : config?.proxy;
  const transport = createTransport(url, systemClock, proxy);
  try {
    return await transport.request({ method: "GET", path: "/", timeoutMs: ASK_MS });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    transport.close();
  }
}

function isPage(answer: HttpResponse | string): boolean {
  if (typeof answer === "string" || answer.status !== 200) return false;
  return textOf(answer).includes("<title>nanogent terminals</title>");
}

function textOf({ headers, body }: HttpResponse): string {
  if (headers["content-encoding"] !== "gzip") return body.toString();
  try {
    return gunzipSync(body, { maxOutputLength: LARGEST_PAGE }).toString();
  } catch {
    return "";
  }
}

function whatCame(answer: HttpResponse | string): string {
  return typeof answer === "string" ? answer : `status ${answer.status}`;
}
