/** The few messages that the page exchanges with Telegram's apps, in place of Telegram's own script. */

type Receive = (data: Record<string, unknown>) => void;

interface NativeWindow {
  TelegramWebviewProxy?: { postEvent(type: string, data: string): void };
  Telegram?: unknown;
}

const WEB_TELEGRAM = "https://web.telegram.org";
const receivers = new Map<string, Set<Receive>>();

/** Tells the app. Nothing happens in an ordinary browser. */
export function tellTelegram(type: string, data: Record<string, unknown> = {}): void {
  const native = (window as NativeWindow).TelegramWebviewProxy;
  const external = window.external as unknown as { notify?(text: string): void } | undefined;
  const text = JSON.stringify({ eventType: type, eventData: data });
  if (native !== undefined) native.postEvent(type, JSON.stringify(data));
  else if (typeof external?.notify === "function") external.notify(text);
  else if (parent !== window) parent.postMessage(text, WEB_TELEGRAM);
}

/** @returns what stops it. */
export function onTelegram(type: string, receive: Receive): () => void {
  const those = receivers.get(type) ?? new Set();
  receivers.set(type, those.add(receive));
  return () => those.delete(receive);
}

/** Starts the bridge, takes the whole height, and keeps swipes for the terminal's scrollback. */
export function startTelegram(): void {
  const receiveEvent = (type: string, data: unknown): void => {
    const record = typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
    for (const receive of receivers.get(type) ?? []) receive(record);
  };
  // The apps call it by this name.
  (window as NativeWindow).Telegram = { WebView: { receiveEvent } };
  window.addEventListener("message", (event) => {
    if (event.source !== parent || event.origin !== WEB_TELEGRAM || typeof event.data !== "string") return;
    try {
      const { eventType, eventData } = JSON.parse(event.data) as { eventType: string; eventData: unknown };
      receiveEvent(eventType, eventData);
    } catch {
      // Not one of Telegram's messages.
    }
  });
  if (parent !== window) tellTelegram("iframe_ready", { reload_supported: false });
  tellTelegram("web_app_ready");
  tellTelegram("web_app_expand");
  tellTelegram("web_app_setup_swipe_behavior", { allow_vertical_swipe: false });
  tellTelegram("web_app_request_theme");
  tellTelegram("web_app_request_viewport");
  tellTelegram("web_app_request_safe_area");
  tellTelegram("web_app_request_content_safe_area");
}

/** Telegram's own back button, in the head of its window. */
export function showBackButton(visible: boolean): void {
  tellTelegram("web_app_setup_back_button", { is_visible: visible });
}

/** A light tick under the finger, where the app can. */
export function tick(): void {
  tellTelegram("web_app_trigger_haptic_feedback", { type: "impact", impact_style: "light" });
}

/** Opens a web address outside of the page. */
export function openAddress(address: string): void {
  if (!/^https?:\/\//i.test(address)) return;
  if ((window as NativeWindow).TelegramWebviewProxy !== undefined || parent !== window)
    tellTelegram("web_app_open_link", { url: address });
  else window.open(address, "_blank", "noopener,noreferrer");
}
