import { Refused } from "./api.ts";
import { element } from "./elements.ts";
import { readLaunch, showInAddress } from "./launch.ts";
import { forgetLogin, type Login, logIn } from "./login.ts";
import { openSessionList } from "./session-list.ts";
import { onTelegram, showBackButton, startTelegram } from "./telegram.ts";
import { openTerminalView } from "./terminal-view.ts";
import { startTheme } from "./theme.ts";
import { startViewport } from "./viewport.ts";

const place = document.getElementById("page") as HTMLElement;
const launch = readLaunch();
let closeView = (): void => {};

function show(view: { readonly element: HTMLElement; close(): void }): void {
  closeView();
  closeView = () => view.close();
  place.replaceChildren(view.element);
}

function showNotice(words: string, retry: boolean): void {
  const again = element("button", { type: "button", class: "primary" }, "Try again");
  again.addEventListener("click", () => void start());
  const notice = element("main", { class: "notice", role: "alert" }, element("p", {}, words));
  if (retry) notice.append(again);
  show({ element: notice, close: () => {} });
}

/** The server does not know the login any more: launch data may still be fresh enough for another one. */
function expired(): void {
  forgetLogin();
  void start();
}

function showSession(login: Login, session: string | undefined): void {
  showBackButton(session !== undefined);
  if (session === undefined) {
    const open = (id: string): void => {
      showInAddress(id, "push");
      showSession(login, id);
    };
    show(openSessionList({ login, open, expired }));
    return;
  }
  const replace = (next: string): void => {
    showInAddress(next, "replace");
    showSession(login, next);
  };
  const view = openTerminalView({ login, session, back, replace, expired });
  show(view);
  view.start();
}

function back(): void {
  if (current === undefined) return;
  showInAddress(undefined, "push");
  showSession(current, undefined);
}

let current: Login | undefined;

async function start(): Promise<void> {
  try {
    current = await logIn(launch);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    showNotice(error.message, error.status === 0 || error.status === 429);
    return;
  }
  const { session } = history.state as { session?: string };
  showSession(current, session);
}

startTelegram();
startTheme(launch.theme);
startViewport();
onTelegram("back_button_pressed", back);
window.addEventListener("popstate", ({ state }) => {
  if (current !== undefined) showSession(current, (state as { session?: string } | null)?.session);
});
void start();
