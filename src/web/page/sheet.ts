import { button, element } from "./elements.ts";

export interface Choice {
  readonly label: string;
  readonly act: () => void;
  readonly danger?: boolean;
}

/** A sheet of choices from the lower edge, in reach of the thumb. Escape or a tap beside it closes it. */
export function openSheet(title: string, choices: readonly Choice[], before?: HTMLElement): void {
  const focused = document.activeElement;
  const sheet = element("dialog", { class: "sheet", "aria-label": title, tabindex: "-1" });
  const close = (): void => sheet.close();
  sheet.append(element("h2", {}, title));
  if (before !== undefined) sheet.append(before);
  for (const { label, act, danger } of choices) {
    const choose = (): void => {
      close();
      act();
    };
    sheet.append(button({ class: danger === true ? "choice danger" : "choice" }, choose, label));
  }
  sheet.append(button({ class: "choice cancel" }, close, "Cancel"));
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
