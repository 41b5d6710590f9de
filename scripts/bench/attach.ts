import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { type Bench, type Row, toRow } from "./measure.ts";
import { startTerminalBridge, type TerminalBridge } from "./terminal-bridge.ts";
import { jsonOf, programPath, startProgram, temporaryFolder } from "./workplace.ts";

const CHROMIUM = "/usr/bin/chromium";
const LINE = "drwxr-xr-x  2 ada ada  4096 Jan  1 00:00 \x1b[01;34ma folder\x1b[0m";
/** All that is remembered of a terminal. */
const LINES = 5_000;

/** From attaching to a terminal with a full memory to its picture, next to a terminal with one line. */
export const attach: Bench = async ({ quick }) => {
  const bridge = await startTerminalBridge("off");
  const file = join(temporaryFolder(), "listing");
  writeFileSync(file, `${LINE}\n`.repeat(LINES + 24));
  const times = quick ? 2 : 20;
  const full = await bridge.open(`cat '${file}'; echo ready; read key`);
  const short = await bridge.open("echo ready; read key");
  const rows = [
    toRow({
      ...{ bench: "attach", what: `${LINES} lines to their last byte`, unit: "ms" },
      values: await pictures(full, times),
      baseline: { what: "one line", values: await pictures(short, times) },
      target: { of: "value", atMost: 100 },
    }),
    ...(await inBrowser(bridge, full, short, quick ? 1 : 8)),
  ];
  await bridge.stop();
  return rows;
};

async function pictures(words: readonly string[], times: number): Promise<number[]> {
  const client = startProgram(process.execPath, [programPath("attach.mjs"), String(times), ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return (await jsonOf(client)) as number[];
}

/** From the press of a terminal in the page's list to its last line painted, in Chromium where it is installed. */
async function inBrowser(
  bridge: TerminalBridge,
  full: readonly string[],
  short: readonly string[],
  times: number,
): Promise<Row[]> {
  if (!existsSync(CHROMIUM)) {
    console.error("Chromium is not installed: it is not measured in there.");
    return [];
  }
  const browser = await chromium.launch({
    ...{ executablePath: CHROMIUM, headless: true, chromiumSandbox: false, args: ["--disable-gpu"] },
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const painted = async ([, , , id]: readonly string[]): Promise<number> => {
    await page.goto("about:blank");
    await page.goto(bridge.link().href);
    await page.waitForSelector(`[data-session=${id}]`);
    return Number(await page.evaluate(`(${pressAndWait})(${JSON.stringify(id)})`));
  };
  const values: { full: number[]; short: number[] } = { full: [], short: [] };
  for (let time = -1; time < times; time += 1) {
    const [one, other] = [await painted(full), await painted(short)];
    // The first one only warms up.
    if (time < 0) continue;
    values.full.push(one);
    values.short.push(other);
  }
  await browser.close();
  return [
    toRow({
      ...{ bench: "attach", what: `${LINES} lines, from click to paint`, unit: "ms", values: values.full },
      baseline: { what: "one line", values: values.short },
      target: { of: "value", atMost: 100 },
    }),
  ];
}

/** Runs in the page. The frame after the one in which the text is there has it painted. */
const pressAndWait = `(id) => new Promise((resolve) => {
  const began = performance.now();
  const look = () => {
    const text = document.querySelector(".xterm-rows")?.innerText ?? "";
    if (text.includes("ready")) requestAnimationFrame(() => resolve(performance.now() - began));
    else requestAnimationFrame(look);
  };
  document.querySelector("[data-session=" + id + "]").click();
  look();
})`;
