import type { Clock } from "../clock.ts";
import type { Store } from "../store.ts";
import { edited, type JobDraft, type OpenJob } from "./job.ts";

/** What can be done about a job that waits for a decision. */
export type Remedy = "resume" | "again" | "run" | "drop";

export interface OpenCasesOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Puts a prompt into the queue, in the place of the job that it replaces. */
  readonly add: (draft: JobDraft, replaces: string) => Promise<unknown>;
}

/** Jobs that neither wait nor run, and yet are not over: somebody is to decide, or a chat has not got the last word. */
export class OpenCases {
  readonly #options: OpenCasesOptions;
  readonly #settling = new Set<string>();
  readonly #undelivered = new Set<string>();

  constructor(options: OpenCasesOptions) {
    this.#options = options;
  }

  /** How many wait for somebody's decision. */
  get count(): number {
    return this.#options.store.openJobs.filter(({ status }) => status === "interrupted" || status === "held")
      .length;
  }

  /** Those that somebody can decide about now, oldest first. */
  get undecidedAll(): readonly OpenJob[] {
    return this.#options.store.openJobs.filter(({ job }) => this.undecided(job.id));
  }

  /** A job that was cut off, or comes late, and waits for somebody's decision. */
  undecided(id: string): OpenJob | undefined {
    const open = this.#options.store.job(id);
    return open?.status === "interrupted" && !this.#settling.has(id) ? open : undefined;
  }

  /** Follows an edited message. False when no prompt that never ran was made of it. */
  edit(chatId: number, messageId: number, text: string): boolean {
    const { store } = this.#options;
    const offered = store.openJobs.filter((open) => open.status === "held" || isOffered(open));
    const [changed] = offered.flatMap(({ job }) => edited(job, chatId, messageId, text) ?? []);
    if (!changed) return false;
    const { id, parts, files, updates } = changed;
    store.note({ k: "changed", id, parts, files, updates });
    return true;
  }

  /** Ends an undecided job for good: its session goes on, its prompt is queued again, or nothing is done. */
  async settle(open: OpenJob, how: Remedy): Promise<void> {
    const { store, clock, add } = this.#options;
    const { job } = open;
    // Two taps are one decision.
    this.#settling.add(job.id);
    try {
      if (how === "drop") store.note({ k: "ended", id: job.id, outcome: "dropped", at: clock.now() });
      else await add(draftOf(open, how), job.id);
    } finally {
      this.#settling.delete(job.id);
    }
  }

  /** The last word on a job could not be brought into its chat. */
  undelivered(id: string): void {
    this.#undelivered.add(id);
  }

  /** The jobs of a chat whose last word it has not got; each is given once. */
  takeUndelivered(chatId: number): OpenJob[] {
    const open = [...this.#undelivered].flatMap((id) => this.#options.store.job(id) ?? []);
    const found = open.filter(({ job }) => job.place.chatId === chatId);
    for (const { job } of found) this.#undelivered.delete(job.id);
    return found;
  }
}

/** Whether a prompt that never ran is offered. */
function isOffered({ status, process }: OpenJob): boolean {
  return status === "interrupted" && !process;
}

/** What somebody may decide about a job that is undecided, as its buttons in the chat have it: the likeliest first. */
export function remediesOf(open: OpenJob): readonly (Remedy | "go-on")[] {
  if (open.overBudget) return ["go-on", "drop"];
  if (isOffered(open)) return ["run", "drop"];
  return open.sessionId === undefined ? ["again", "drop"] : ["resume", "again", "drop"];
}

function draftOf({ job, sessionId, agent }: OpenJob, how: Remedy): JobDraft {
  const draft = { ...job, updates: [] };
  // It never ran: what it was to be it still is.
  if (how === "run") return draft;
  const { sessionId: _session, resumes: _agent, ...anew } = draft;
  if (how !== "resume" || sessionId === undefined || agent === undefined) return anew;
  return { ...anew, sessionId, resumes: agent };
}
