import { SearchAddon } from "@xterm/addon-search";
import type { Terminal } from "@xterm/xterm";
import { button, element } from "./elements.ts";
import { icon } from "./icons.ts";

export interface SearchBar {
  readonly element: HTMLElement;
  open(): void;
}

const MARKS = {
  decorations: {
    matchBackground: "#7a6a1f",
    matchOverviewRuler: "#c9a227",
    activeMatchBackground: "#d0661e",
    activeMatchColorOverviewRuler: "#d0661e",
  },
};

/** Finds text in the scrollback: upwards first, as what one looks for has gone by. */
export function createSearchBar(terminal: Terminal, closed: () => void): SearchBar {
  const addon = new SearchAddon();
  terminal.loadAddon(addon);
  const field = element("input", {
    type: "search",
    placeholder: "Search",
    autocapitalize: "off",
    autocomplete: "off",
    spellcheck: "false",
    enterkeyhint: "search",
    "aria-label": "Search in the terminal",
  });
  const count = element("span", { class: "count", role: "status" });
  const up = (): void => void addon.findPrevious(field.value, MARKS);
  const down = (): void => void addon.findNext(field.value, MARKS);
  const close = (): void => {
    bar.hidden = true;
    addon.clearDecorations();
    terminal.clearSelection();
    closed();
  };
  const bar = element(
    "div",
    { class: "search", role: "search" },
    field,
    count,
    button({ class: "round", "aria-label": "Previous" }, up, icon("previous")),
    button({ class: "round", "aria-label": "Next" }, down, icon("next")),
    button({ class: "round", "aria-label": "Close the search" }, close, icon("close")),
  );
  bar.hidden = true;
  addon.onDidChangeResults(({ resultIndex, resultCount }) => {
    if (field.value === "") count.textContent = "";
    else count.textContent = resultCount === 0 ? "none" : `${resultIndex + 1}/${resultCount}`;
  });
  field.addEventListener("input", () => {
    if (field.value !== "") return up();
    addon.clearDecorations();
    count.textContent = "";
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && !event.isComposing) (event.shiftKey ? down : up)();
    else return;
    event.preventDefault();
  });
  return {
    element: bar,
    open() {
      bar.hidden = false;
      field.focus();
      field.select();
    },
  };
}
