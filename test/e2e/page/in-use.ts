import { readFileSync } from "node:fs";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright-core";
import { projectPaths } from "../../../src/project.ts";
import { localLink } from "../../../src/web/link-file.ts";
import { openBrowser, watchConduct } from "../../fakes/chromium.ts";
import { type CutProxy, cutProxy } from "../../fakes/cut-proxy.ts";
import { keepPicture } from "../../fakes/pictures.ts";
import { freePort } from "../../fakes/ssh-server.ts";
import { OWNER, type Project, project, type RunningBridge } from "../project.ts";

/** A built bridge with its page, and a line to it that can be cut. */
export interface Site extends Project {
  readonly proxy: CutProxy;
  readonly bridge: RunningBridge;
  /** Through the line, with a link that works once. */
  link(session?: string): Promise<string>;
  /** The same after the bridge was killed. */
  again(): Promise<void>;
}

export async function site(t: TestContext, env: Readonly<Record<string, string>> = {}): Promise<Site> {
  const proxy = await cutProxy(t);
  const settings = { TELEGRAM_ALLOWED_USER_IDS: String(OWNER), NANOGENT_AGENT: "shell" };
  proxy.target = await freePort();
  const made = await project(t, { env: { ...settings, NANOGENT_PORT: String(proxy.target) } });
  const paths = projectPaths(made.folder);
  const shell = { SHELL: "/bin/bash", PS1: "$ ", HISTFILE: "", BASH_SILENCE_DEPRECATION_WARNING: "1" };
  const start = (): Promise<RunningBridge> => made.start({ ...shell, ...env });
  let bridge = await start();
  return {
    ...made,
    proxy,
    get bridge() {
      return bridge;
    },
    async link(session) {
      for (;;) {
        const link = localLink(paths, session, Date.now());
        if (link instanceof URL) return `http://localhost:${link.port}/${link.hash}`;
        await sleep(20);
      }
    },
    async again() {
      await bridge.kill();
      bridge = await start();
    },
  };
}

/** The page as somebody uses it. */
export interface User {
  readonly page: Page;
  readonly input: ReturnType<Page["locator"]>;
  /** What the page did that it must not do. */
  readonly faults: string[];
  /** Resolves with the visible rows as soon as they fit. */
  shows(what: RegExp): Promise<string>;
  /** Types a line into the input bar. */
  line(text: string): Promise<void>;
  /** Presses a key of the key row. */
  key(name: string): Promise<void>;
  /** Screen and scrollback. */
  text(): Promise<string[]>;
  /** Goes to a session with a link of its own, and waits until it is there. */
  attach(session: string): Promise<void>;
  picture(name: string): Promise<void>;
}

export async function newBrowser(
  t: TestContext,
  viewport: { width: number; height: number },
  { proxy }: Site,
): Promise<BrowserContext> {
  // The page's address is the bridge's own, as the bridge insists; the way to it leads through the line.
  const detour = `--host-resolver-rules=MAP localhost:${proxy.target} 127.0.0.1:${proxy.port}`;
  const browser = await openBrowser(t, viewport, [detour]);
  browser.setDefaultTimeout(20_000);
  return browser;
}

export async function userOf(browser: BrowserContext, { link, proxy }: Site, kind: string): Promise<User> {
  const page = await browser.newPage();
  // Pictures are taken of what stands still.
  await page.emulateMedia({ reducedMotion: "reduce" });
  const faults = await watchConduct(page, `http://localhost:${proxy.target}`);
  const rows = async (): Promise<string> =>
    String(await page.evaluate("document.querySelector('.xterm-rows')?.innerText ?? ''")).replaceAll(
      "\u00a0",
      " ",
    );
  const input = page.locator("textarea[aria-label='Input for the terminal']");
  return {
    ...{ page, input, faults },
    async shows(what) {
      for (const deadline = Date.now() + 20_000; ; await sleep(30)) {
        const shown = await rows();
        if (what.test(shown)) return shown;
        if (Date.now() > deadline) throw new Error(`not shown: ${what} in\n${shown}`);
      }
    },
    async line(text) {
      await input.fill(text);
      await input.press("Enter");
    },
    key: (name) => page.click(`.keys [aria-label='${name}']:visible`),
    async text() {
      await page.click("[aria-label=More]");
      await page.click("text=Select text");
      const text = await page.innerText(".text-view pre");
      await page.click(".text-view [aria-label=Close]");
      return text.split("\n");
    },
    async attach(session) {
      await page.goto(await link(session));
      await page.waitForSelector(".state[hidden], .state[data-kind=ended]", { state: "attached" });
    },
    picture: (name) => keepPicture(page, `${kind}-${name}`),
  };
}

/** A file's content as soon as it is there and fits. */
export async function untilFile(path: string, fits: (text: string) => boolean): Promise<string> {
  let text = "";
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(30)) {
    try {
      text = readFileSync(path, "utf8");
      if (fits(text)) return text;
    } catch {
      // Not yet.
    }
  }
  throw new Error(`${path} holds ${JSON.stringify(text.slice(0, 500))}`);
}
