import { call, Refused } from "./api.ts";
import { button, element } from "./elements.ts";
import { icon } from "./icons.ts";
import type { Case, Overview, Past } from "./protocol.ts";
import { say } from "./toast.ts";
import { ago, lasted } from "./words.ts";

/** What the agent does, what waits for a decision, and what is over. @param token undefined for who may only look */
export function jobCards({ job, queue, cases }: Overview, token: string | undefined): HTMLElement[] {
  return [
    ...(job === null && queue.length === 0 ? [] : [jobCard(job, queue, token)]),
    ...cases.map((open) => caseCard(open, token)),
  ];
}

function jobCard(job: Overview["job"], queue: Overview["queue"], token: string | undefined): HTMLElement {
  const stop = button({ class: "pill stop" }, () => press(token, "/v1/job/stop", undefined, "Stopping…"));
  stop.append(icon("stop"), "Stop");
  const running =
    job === null
      ? []
      : [
          element(
            "div",
            { class: "row" },
            words(job.title, `${lasted(job.since, Date.now())} · ${job.doing}`),
            ...(token === undefined ? [] : [stop]),
          ),
        ];
  const waiting = queue.map(({ title, by }) => element("li", {}, `${title} · ${by}`));
  return element(
    "section",
    { class: "card job", "aria-label": "The agent's job" },
    ...running,
    ...(waiting.length === 0
      ? []
      : [element("p", { class: "quiet next" }, "Next:"), element("ol", {}, ...waiting)]),
  );
}

const DECISIONS: Readonly<Record<string, string>> = {
  resume: "Continue",
  again: "Run again",
  run: "Run",
  "go-on": "Go on today",
  drop: "Drop",
};

function caseCard({ id, title, by, since, why, how }: Case, token: string | undefined): HTMLElement {
  const decide = (one: string, place: number): HTMLElement => {
    const kind = one === "drop" ? "pill stop" : place === 0 ? "pill go" : "pill";
    const act = (): void => press(token, "/v1/job/continue", { id, how: one });
    return button({ class: kind }, act, DECISIONS[one] ?? one);
  };
  return element(
    "section",
    { class: "card job case", "aria-label": "A job that waits for you", "data-case": id },
    words(title, `${why} ${by}, ${ago(since, Date.now())}.`),
    ...(token === undefined ? [] : [element("div", { class: "pills" }, ...how.map(decide))]),
  );
}

const OUTCOMES: Readonly<Record<string, string>> = { cancelled: "stopped" };

/** The last jobs; nothing when there was none. */
export function recentCard(recent: readonly Past[]): HTMLElement[] {
  if (recent.length === 0) return [];
  const row = ({ id, title, by, outcome, startedAt, endedAt }: Past): HTMLElement => {
    const isShort = startedAt === undefined || endedAt - startedAt < 1_000;
    const took = isShort ? "" : ` in ${lasted(startedAt, endedAt)}`;
    const what = `${OUTCOMES[outcome] ?? outcome}${took} · ${by} · ${ago(endedAt, Date.now())}`;
    return element(
      "li",
      { "data-outcome": outcome, "data-job": id },
      element("span", { class: "dot", "aria-hidden": "true" }),
      words(title, what),
    );
  };
  return [
    element(
      "section",
      { class: "recent", "aria-label": "Recent activity" },
      element("h2", { class: "quiet" }, "Recent activity"),
      element("ul", {}, ...recent.map(row)),
    ),
  ];
}

function words(title: string, more: string): HTMLElement {
  return element(
    "div",
    { class: "words" },
    element("strong", {}, title),
    element("span", { class: "quiet" }, more),
  );
}

/** @param done is said when it is; without it, what the server says. */
function press(token: string | undefined, path: string, body: object | undefined, done?: string): void {
  const act = async (): Promise<void> => {
    const answer = (await (await call("POST", path, token, body)).json()) as { said?: string };
    say(done ?? answer.said ?? "Done.");
  };
  act().catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error;
    say(error.message);
  });
}
