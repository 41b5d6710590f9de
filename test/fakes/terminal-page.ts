import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright-core";
import { openBrowser, watchConduct } from "./chromium.ts";
import { temporaryFolder } from "./folder.ts";
import { startWebTerminal, type WebTerminal } from "./web-terminal.ts";

/** The terminal page in a browser, before a server of its own. */
export interface TerminalPage {
  readonly page: Page;
  readonly browser: BrowserContext;
  readonly server: WebTerminal;
  /** Where the programs run. */
  readonly folder: string;
  /** What the page did that it must not do. */
  readonly faults: string[];
  /** Goes to a session and waits until it is attached. */
  attach(session: string, role?: string, theme?: object): Promise<void>;
  /** Resolves with the visible rows as soon as they fit. */
  shows(what: RegExp): Promise<string>;
  /** Screen and scrollback, read by the page's own view of the text. */
  text(): Promise<string[]>;
  readonly input: ReturnType<Page["locator"]>;
  /** Presses a key of the key row. */
  key(name: string): Promise<void>;
}

export async function openTerminalPage(
  t: TestContext,
  viewport: { width: number; height: number },
  files: Readonly<Record<string, string>> = {},
): Promise<TerminalPage> {
  const folder = await temporaryFolder(t);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const server = await startWebTerminal(folder);
  t.after(() => server.close());
  const browser = await openBrowser(t, viewport);
  return { ...(await pageOf(browser, server)), browser, server, folder };
}

/** One more page of the same browser. */
export async function pageOf(
  browser: BrowserContext,
  server: WebTerminal,
): Promise<Omit<TerminalPage, "browser" | "server" | "folder">> {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  const faults = await watchConduct(page, server.url);
  const rows = async (): Promise<string> =>
    String(await page.evaluate("document.querySelector('.xterm-rows')?.innerText ?? ''")).replaceAll(
      "\u00a0",
      " ",
    );
  return {
    page,
    faults,
    async attach(session, role = "owner", theme) {
      const themeParams =
        theme === undefined ? "" : `&tgWebAppThemeParams=${encodeURIComponent(JSON.stringify(theme))}`;
      await page.goto(`${server.url}/#link=${role}&session=${session}${themeParams}`);
      await page.waitForSelector(".state[hidden], .state[data-kind=ended]", { state: "attached" });
    },
    async shows(what) {
      for (let tries = 0; tries < 400; tries++) {
        const shown = await rows();
        if (what.test(shown)) return shown;
        await sleep(50);
      }
      throw new Error(`20 s went by before it showed ${what}:\n${await rows()}`);
    },
    async text() {
      await page.click("[aria-label=More]");
      await page.click("text=Select text");
      const text = await page.innerText(".text-view pre");
      await page.click(".text-view [aria-label=Close]");
      return text.split("\n");
    },
    input: page.locator("textarea[aria-label='Input for the terminal']"),
    key: (name) => page.click(`.keys [aria-label='${name}']:visible`),
  };
}
