/** What fingers do on the terminal. Positions are those of the window, in pixels. */
export interface Gestures {
  tap(x: number, y: number): void;
  /** How far the content is to go since the last call, and where the finger is. */
  swipe(right: number, down: number, x: number, y: number): void;
  /** @param factor of the letters' size since the pinch began */
  pinch(factor: number, phase: "start" | "move"): void;
  /** A finger stays, and may then be drawn over the text. */
  press(x: number, y: number, phase: "start" | "move" | "end"): void;
}

const PRESS_MS = 450;
const SLACK = 8;
const SLOWEST = 0.02;
const FRICTION = 0.996;

/**
 * Tells apart tap, swipe (which goes on by itself for a while), pinch and long press.
 * @returns what ends a swipe that goes on by itself
 */
export function watchGestures(host: HTMLElement, gestures: Gestures): () => void {
  let phase: "none" | "waiting" | "swipe" | "pinch" | "press" = "none";
  let start = { x: 0, y: 0 };
  let last = { x: 0, y: 0, at: 0 };
  let speed = 0;
  let spread = 1;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let glide = 0;

  const spreadOf = (touches: TouchList): number => {
    const [a, b] = [touches[0], touches[1]];
    return a === undefined || b === undefined
      ? 1
      : Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY) || 1;
  };
  const stopGlide = (): void => cancelAnimationFrame(glide);
  const startGlide = (): void => {
    let before = performance.now();
    const step = (now: number): void => {
      const passed = Math.min(50, now - before);
      before = now;
      speed *= FRICTION ** passed;
      if (Math.abs(speed) < SLOWEST) return;
      gestures.swipe(0, speed * passed, start.x, start.y);
      glide = requestAnimationFrame(step);
    };
    glide = requestAnimationFrame(step);
  };

  host.addEventListener(
    "touchstart",
    (event) => {
      stopGlide();
      clearTimeout(timer);
      const touch = event.touches[0];
      if (touch === undefined) return;
      if (event.touches.length > 1) {
        phase = "pinch";
        spread = spreadOf(event.touches);
        gestures.pinch(1, "start");
        return;
      }
      phase = "waiting";
      start = { x: touch.clientX, y: touch.clientY };
      last = { ...start, at: event.timeStamp };
      speed = 0;
      timer = setTimeout(() => {
        phase = "press";
        gestures.press(start.x, start.y, "start");
      }, PRESS_MS);
    },
    { passive: true },
  );
  host.addEventListener(
    "touchmove",
    (event) => {
      event.preventDefault();
      const touch = event.touches[0];
      if (touch === undefined) return;
      const { clientX: x, clientY: y } = touch;
      if (phase === "pinch") gestures.pinch(spreadOf(event.touches) / spread, "move");
      else if (phase === "press") gestures.press(x, y, "move");
      else if (phase === "waiting" && Math.hypot(x - start.x, y - start.y) > SLACK) {
        clearTimeout(timer);
        phase = "swipe";
        last = { x, y, at: event.timeStamp };
      } else if (phase === "swipe") {
        const passed = Math.max(1, event.timeStamp - last.at);
        speed = 0.6 * speed + 0.4 * ((y - last.y) / passed);
        gestures.swipe(x - last.x, y - last.y, x, y);
        last = { x, y, at: event.timeStamp };
      }
    },
    { passive: false },
  );
  host.addEventListener("touchend", (event) => {
    clearTimeout(timer);
    // No mouse events after this: they would take the focus away.
    if (event.cancelable) event.preventDefault();
    if (event.touches.length > 0) return;
    if (phase === "waiting") gestures.tap(start.x, start.y);
    else if (phase === "press") gestures.press(start.x, start.y, "end");
    else if (phase === "swipe" && event.timeStamp - last.at < 60) startGlide();
    phase = "none";
  });
  host.addEventListener("touchcancel", () => {
    clearTimeout(timer);
    phase = "none";
  });
  host.addEventListener("contextmenu", (event) => {
    if (phase !== "none") event.preventDefault();
  });
  return stopGlide;
}
