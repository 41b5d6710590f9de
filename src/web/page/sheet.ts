import { button, element } from "./elements.ts";

export interface Choice {
  readonly label: string;
  /** In small letters below it. */
  readonly note?: string;
  readonly act: () => void;
  readonly danger?: boolean;
}

/**
 * A sheet of choices from the lower edge, in reach of the thumb. Escape or a tap beside it closes it.
 * @returns what shows other choices in their place
 */
export function openSheet(
  title: string,
  choices: readonly Choice[],
  before?: HTMLElement,
): (choices: readonly Choice[]) => void {
  const focused = document.activeElement;
  const sheet = element("dialog", { class: "sheet", "aria-label": title, tabindex: "-1" });
  const close = (): void => sheet.close();
  const list = element("div");
  const show = (shown: readonly Choice[]): void => {
    const made = shown.map(({ label, note, act, danger }) => {
      const choose = (): void => {
        close();
        act();
      };
      const kind = danger === true ? "choice danger" : "choice";
      const more = note === undefined ? [] : [element("span", { class: "quiet" }, note)];
      return button({ class: kind }, choose, label, ...more);
    });
    list.replaceChildren(...made);
  };
  show(choices);
  sheet.append(element("h2", {}, title));
  if (before !== undefined) sheet.append(before);
  sheet.append(list, button({ class: "choice cancel" }, close, "Cancel"));
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) close();
  });
  sheet.addEventListener("close", () => {
    sheet.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  });
  document.body.append(sheet);
  sheet.showModal();
  // Otherwise the first choice would look chosen.
  sheet.focus();
  return show;
}

/** Asks for a line of text. */
export function askLine(title: string, placeholder: string, act: (answer: string) => void): void {
  const field = element("input", {
    placeholder,
    "aria-label": title,
    autocapitalize: "off",
    spellcheck: "false",
  });
  const choose = (): void => {
    if (field.value.trim() !== "") act(field.value.trim());
  };
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    field.closest("dialog")?.close();
    choose();
  });
  openSheet(title, [{ label: "OK", act: choose }], field);
  field.focus();
}
