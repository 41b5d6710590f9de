import { element } from "./elements.ts";

let shown: HTMLElement | undefined;

/** Says something in passing; screen readers say it too. */
export function say(text: string): void {
  shown?.remove();
  const toast = element("div", { class: "toast", role: "status" }, text);
  shown = toast;
  document.body.append(toast);
  setTimeout(() => toast.remove(), Math.max(2_500, 50 * text.length));
}
