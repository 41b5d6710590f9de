import type { Access } from "../chat/access.ts";
import type { Messenger } from "../chat/messenger.ts";
import type { Clock } from "../clock.ts";
import type { FileRules } from "../files/outgoing-file.ts";
import type { Desk } from "../jobs/desk.ts";
import { titleOf } from "../jobs/job.ts";
import type { Person } from "../jobs/person.ts";
import type { Store } from "../store.ts";
import { caseView, settleAtPage } from "./job-cases.ts";
import type { BridgeView, WebJob, WebNeeds, WebSessions } from "./needs.ts";
import { rolesOf, type Visitor } from "./roles.ts";

export interface BridgeNeedsOptions {
  readonly desk: Desk;
  readonly store: Pick<Store, "pastJobs">;
  readonly messenger: Messenger;
  readonly clock: Clock;
  readonly sessions: WebSessions;
  readonly access: Access;
  readonly fileRules: () => FileRules;
  readonly bridge: () => BridgeView;
}

/** A bridge, as its two doors want it: the page and the control socket. */
export function bridgeNeeds(options: BridgeNeedsOptions): WebNeeds {
  const { desk, store, messenger, clock, sessions, access, fileRules, bridge } = options;
  return {
    sessions,
    bridge,
    roles: rolesOf(access),
    fileRules,
    status() {
      const [run] = desk.runs;
      return {
        job: run ? { title: titleOf(run.job), since: run.view.startedAt, doing: doingOf(run.view) } : null,
        queue: desk.waiting.map((job) => ({ title: titleOf(job), by: job.author.name })),
        cases: desk.cases.undecidedAll.map(caseView),
        recent: store.pastJobs,
      };
    },
    jobs() {
      const running = desk.runs.map(
        ({ job, view }): WebJob => ({
          ...{ id: job.id, number: job.number, title: titleOf(job), by: job.author.name },
          ...{ state: "running", since: view.startedAt, doing: doingOf(view) },
        }),
      );
      const waiting = desk.waiting.map(
        (job): WebJob => ({
          ...{ id: job.id, number: job.number, title: titleOf(job), by: job.author.name },
          ...{ state: "waiting", since: job.queuedAt },
        }),
      );
      return [...running, ...waiting];
    },
    async cancelJob(key, visitor) {
      const isMeant = ({ id, number }: { id: string; number: number }): boolean =>
        id === key || String(number) === key;
      const run = desk.runs.find(({ job }) => isMeant(job));
      if (run)
        return desk.cancel(personOf(visitor, run.job.author.id), run) === "stopping"
          ? "stopping"
          : "not-yours";
      const job = desk.waiting.find(isMeant);
      const removed = job && desk.remove(job.id, personOf(visitor, job.author.id));
      return removed === "not-yours" ? removed : removed ? "removed" : "no-job";
    },
    async stopJob(visitor) {
      const [run] = desk.runs;
      if (!run) return "nothing-runs";
      return desk.cancel(personOf(visitor, run.job.author.id), run) === "stopping" ? "stopped" : "not-yours";
    },
    continueJob: (id, how, visitor) =>
      settleAtPage(id, how, personOf(visitor, 0), { desk, messenger, now: () => clock.now() }),
  };
}

/** Whoever sits at the machine itself may do what the author may. */
function personOf({ userId, name }: Visitor, author: number): Person {
  return { id: userId ?? author, name, role: "owner" };
}

function doingOf(view: Desk["runs"][number]["view"]): string {
  if (view.waitingForAnswer) return "waiting for an answer";
  return view.tools.findLast(({ state }) => state === "running")?.name ?? "working";
}
