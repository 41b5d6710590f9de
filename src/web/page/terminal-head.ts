import { button, element } from "./elements.ts";
import { icon } from "./icons.ts";

/** The head of a terminal: what it is, who watches, and how the connection is. */
export interface TerminalHead {
  readonly element: HTMLElement;
  showTitle(title: string): void;
  showViewers(count: number): void;
  showReadOnly(readOnly: boolean): void;
  /** @param words undefined when all is well */
  showState(words: string | undefined, kind: "busy" | "ended"): void;
}

export function createTerminalHead(options: {
  readonly session: string;
  readonly back: () => void;
  readonly search: () => void;
  readonly menu: () => void;
  /** Tries at once to connect again. */
  readonly retry: () => void;
}): TerminalHead {
  const title = element("h1", {}, options.session);
  const state = element("span", { class: "state", role: "status" });
  state.hidden = true;
  state.addEventListener("click", options.retry);
  const viewers = element("span", { class: "badge viewers" });
  viewers.hidden = true;
  const readOnly = element("span", { class: "badge read-only" }, icon("lock"), "Read only");
  readOnly.hidden = true;
  const head = element(
    "header",
    { class: "head" },
    button({ class: "round", "aria-label": "All terminals" }, options.back, icon("back")),
    element("div", { class: "words" }, title, state),
    readOnly,
    viewers,
    button({ class: "round", "aria-label": "Search" }, options.search, icon("search")),
    button({ class: "round menu", "aria-label": "More" }, options.menu, icon("more")),
  );
  return {
    element: head,
    showTitle(text) {
      title.textContent = text || options.session;
    },
    showViewers(count) {
      viewers.hidden = count < 2;
      viewers.replaceChildren(icon("eye"), String(count));
      viewers.setAttribute("aria-label", `${count} watching`);
    },
    showReadOnly(now) {
      readOnly.hidden = !now;
    },
    showState(words, kind) {
      state.hidden = words === undefined;
      state.textContent = words ?? "";
      state.dataset.kind = kind;
    },
  };
}
