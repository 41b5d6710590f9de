import { onTelegram } from "./telegram.ts";

/** Keeps the page as high as what is really visible: without what the keyboard covers, and the phone's notches. */
export function startViewport(): void {
  const { style } = document.documentElement;
  const measure = (): void => {
    const visible = window.visualViewport?.height ?? window.innerHeight;
    style.setProperty("--height", `${Math.floor(Math.min(visible, window.innerHeight))}px`);
    // iOS pushes the page up when the keyboard opens, and leaves it there.
    window.scrollTo(0, 0);
  };
  window.visualViewport?.addEventListener("resize", measure);
  window.visualViewport?.addEventListener("scroll", measure);
  window.addEventListener("resize", measure);
  // Between stable states the app animates: measuring then would resize the program at each frame.
  onTelegram("viewport_changed", ({ is_state_stable }) => {
    if (is_state_stable === true) measure();
  });
  for (const kind of ["safe_area", "content_safe_area"]) {
    onTelegram(`${kind}_changed`, (sides) => {
      for (const side of ["top", "bottom"]) {
        const size = sides[side];
        if (typeof size === "number")
          style.setProperty(`--${kind.replaceAll("_", "-")}-${side}`, `${size}px`);
      }
    });
  }
  measure();
}
