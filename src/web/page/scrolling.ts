import type { Terminal } from "@xterm/xterm";

/**
 * Scrolls by a finger: the scrollback where there is one, and what the program shows otherwise, as a wheel would do it.
 * @returns a function that takes the distance in pixels, and where the finger is
 */
export function createScrolling(terminal: Terminal): (distance: number, x: number, y: number) => void {
  let rest = 0;
  return (distance, x, y) => {
    const height =
      (terminal.element?.querySelector(".xterm-screen")?.clientHeight ?? 0) / terminal.rows || 16;
    rest += distance;
    const lines = Math.trunc(rest / height);
    if (lines === 0) return;
    rest -= lines * height;
    const programScrolls =
      terminal.buffer.active.type === "alternate" || terminal.modes.mouseTrackingMode !== "none";
    if (!programScrolls) {
      terminal.scrollLines(-lines);
      return;
    }
    for (let line = 0; line < Math.abs(lines); line++) {
      const wheel = { deltaY: -Math.sign(lines), deltaMode: WheelEvent.DOM_DELTA_LINE };
      terminal.element?.dispatchEvent(
        new WheelEvent("wheel", { ...wheel, clientX: x, clientY: y, bubbles: true, cancelable: true }),
      );
    }
  };
}
