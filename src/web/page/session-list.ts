import { call, Refused } from "./api.ts";
import { button, element } from "./elements.ts";
import { jobCards, recentCard } from "./job-cards.ts";
import { keptChildren } from "./kept-children.ts";
import { liveSocket } from "./live-socket.ts";
import type { Login } from "./login.ts";
import { newTerminal } from "./new-terminal.ts";
import type { Overview, SessionRow } from "./protocol.ts";
import { say } from "./toast.ts";
import { ago, endedWords, waitingWords } from "./words.ts";

/** All terminals and the agent's job, as they change. @returns the view, and what closes it */
export function openSessionList(options: {
  readonly login: Login;
  readonly open: (session: string) => void;
  readonly expired: () => void;
}): { readonly element: HTMLElement; close(): void } {
  const { token, role } = options.login;
  const body = element("main", { class: "list" }, element("p", { class: "quiet" }, "Loading…"));
  const state = element("p", { class: "banner", role: "status" });
  state.addEventListener("click", () => socket.now());
  state.hidden = true;
  const view = element(
    "div",
    { class: "view" },
    element("header", { class: "head" }, element("h1", {}, "Terminals")),
    state,
    body,
  );
  const show = keptChildren(body);
  let overview: Overview | undefined;
  const create = async (where: string, command?: string): Promise<void> => {
    try {
      const asked = { where, ...(command === undefined ? {} : { command }) };
      const made = (await (await call("POST", "/v1/sessions", token, asked)).json()) as SessionRow;
      options.open(made.id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      say(error.message);
    }
  };
  const draw = (): void => {
    if (overview === undefined) return;
    const { sessions, hosts, recent } = overview;
    const mayType = role !== "reader";
    show([
      ...jobCards(overview, mayType ? token : undefined),
      ...sessions.map((session) => sessionCard(session, options.open)),
      ...(sessions.length === 0 ? [element("p", { class: "quiet" }, "No terminal is open.")] : []),
      ...recentCard(recent),
      ...(mayType && hosts.length > 0 ? [newTerminal(hosts, (...asked) => void create(...asked))] : []),
    ]);
  };
  const socket = liveSocket({
    hello: () => ({ type: "list", token }),
    onMessage(message) {
      if (message.type !== "list") return;
      overview = message;
      draw();
    },
    onBytes: () => {},
    onState(now) {
      if (now.kind === "closed" && now.code === 4401) options.expired();
      state.hidden = now.kind === "open" || (now.kind === "connecting" && overview === undefined);
      state.textContent =
        now.kind === "closed" ? (now.message ?? "Closed.") : waitingWords(now.kind === "waiting" && now.long);
    },
  });
  // The times grow old even when nothing happens.
  const clock = setInterval(draw, 20_000);
  return {
    element: view,
    close() {
      clearInterval(clock);
      socket.close();
    },
  };
}

function sessionCard(session: SessionRow, open: (id: string) => void): HTMLElement {
  const { id, name, label, state, exit, title, viewers, lastOutput } = session;
  const watched = viewers === 0 ? "" : ` · ${viewers} watching`;
  const how =
    state === "running" ? `Active ${ago(lastOutput, Date.now())}${watched}` : endedWords(exit ?? NO_EXIT);
  return button(
    { class: "card session", "data-state": state, "data-session": id },
    () => open(id),
    element("span", { class: "dot", "aria-label": state }),
    element(
      "span",
      { class: "words" },
      element("strong", {}, name === label ? name : `${name} · ${label}`),
      ...(title === "" ? [] : [element("span", { class: "title" }, title)]),
      element("span", { class: "quiet" }, how),
    ),
    element("span", { class: "quiet arrow", "aria-hidden": "true" }, "›"),
  );
}

const NO_EXIT = { code: null, reason: null, lost: false };
