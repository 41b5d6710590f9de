import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { removeFolder } from "./folder.ts";

const PROGRAM = "/usr/bin/chromium";

/** For a test's `skip`: false, or why it cannot run here. */
export const noChromium = existsSync(PROGRAM) ? false : "Chromium is not installed";

/** The same for a test that needs another program too. */
export const without = (program: string): string | false =>
  noChromium || (existsSync(`/usr/bin/${program}`) ? false : `${program} is not installed`);

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 800 };

const FLAGS = [
  ...["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

/** A browser of its own, which goes with the test. A phone has a finger, a desk a mouse. */
export async function openBrowser(
  t: TestContext,
  viewport: { width: number; height: number },
  flags: readonly string[] = [],
): Promise<BrowserContext> {
  const phone = viewport.width < 600;
  const userData = await mkdtemp(join(tmpdir(), "nanogent-chromium-"));
  const browser = await chromium.launchPersistentContext(userData, {
    executablePath: PROGRAM,
    headless: true,
    chromiumSandbox: false,
    args: [...FLAGS, ...flags],
    viewport,
    hasTouch: phone,
    isMobile: phone,
    deviceScaleFactor: phone ? 2 : 1,
    colorScheme: "dark",
  });
  // In this order: the browser writes into its folder until it is gone.
  t.after(async () => {
    await browser.close();
    await removeFolder(userData);
  });
  return browser;
}

/** Notes what a page must not do: break its own policy, fail, or ask another host. */
export async function watchConduct(page: Page, ownHost: string): Promise<string[]> {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(ownHost))
      faults.push(request.url());
  });
  await page.exposeFunction("noteViolation", (text: string) => void faults.push(text));
  await page.addInitScript(
    "addEventListener('securitypolicyviolation', (e) => noteViolation(e.violatedDirective + ' ' + e.blockedURI))",
  );
  return faults;
}
