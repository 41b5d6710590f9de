import { call, Refused } from "./api.ts";
import { button, element } from "./elements.ts";
import type { Ended, SessionRow } from "./protocol.ts";
import { say } from "./toast.ts";
import { endedWords } from "./words.ts";

/**
 * What stands below a terminal that has ended: how, and the way to have it again.
 * @param open shows the one that takes its place; undefined for who may only look
 */
export function endedBar(
  how: Ended,
  options: { readonly session: string; readonly token: string; readonly open?: (session: string) => void },
): HTMLElement {
  const { session, token, open } = options;
  const words = element("p", { class: "quiet", role: "status" }, endedWords(how));
  if (open === undefined) return element("div", { class: "ended" }, words);
  const again = button({ class: "primary" }, async () => {
    again.disabled = true;
    try {
      const path = `/v1/sessions/${encodeURIComponent(session)}/reconnect`;
      open(((await (await call("POST", path, token)).json()) as SessionRow).id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      again.disabled = false;
      say(error.message);
    }
  });
  again.append(how.lost ? "Reconnect" : "Open again");
  return element("div", { class: "ended" }, words, again);
}
