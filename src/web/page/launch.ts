import { tab } from "./device.ts";

/** What the page was opened with: by Telegram, by the one-time link of `nanogent open`, or by nothing. */
export interface Launch {
  readonly initData: string | undefined;
  readonly link: string | undefined;
  /** The terminal to show at once. Only a wish: the server decides who may see it. */
  readonly session: string | undefined;
  /** JSON of Telegram's colours. */
  readonly theme: string | undefined;
}

/** Reads the address and takes what is secret out of it, so that neither history nor a screenshot keeps it. */
export function readLaunch(): Launch {
  const hash = new URLSearchParams(location.hash.slice(1));
  const initData = hash.get("tgWebAppData") ?? undefined;
  const wish =
    hash.get("session") ?? new URLSearchParams(location.search).get("session") ?? startedWith(initData);
  const theme = hash.get("tgWebAppThemeParams") ?? tab.read("theme");
  tab.write("theme", theme);
  const launch = { initData, link: hash.get("link") ?? undefined, session: wish, theme };
  showInAddress(wish, "replace");
  return launch;
}

/** The terminal that a link to the Mini App names. Other links to the bot may carry anything. */
function startedWith(initData: string | undefined): string | undefined {
  return /^term-\d+$/.exec(new URLSearchParams(initData ?? "").get("start_param") ?? "")?.[0];
}

/** The terminal that is shown, so that loading the page again comes back to it. */
export function showInAddress(session: string | undefined, how: "push" | "replace"): void {
  const address =
    location.pathname + (session === undefined ? "" : `#session=${encodeURIComponent(session)}`);
  if (how === "push") history.pushState({ session }, "", address);
  else history.replaceState({ session }, "", address);
}
