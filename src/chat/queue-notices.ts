import { type Author, type Job, titleOf } from "../jobs/job.ts";
import { clockWords } from "../schedules/words.ts";
import type { Store } from "../store.ts";
import { plain } from "../text/entities.ts";
import type { Button, MessageRef, Messenger } from "./messenger.ts";

/** What the chat reads of a prompt that has become a part of the running turn. */
export function steeredWords(job: Job): string {
  return `↪ Joined the running turn: “${titleOf(job)}”`;
}

/** A notice on its way. */
interface Notice {
  sent: Promise<MessageRef | undefined>;
  readonly hurry: readonly Hurry[];
}

/** `steer`: it joins the turn that runs. `now`: that is stopped, and this one is next. */
export type Hurry = "steer" | "now";

const HURRY: Readonly<Record<Hurry, string>> = { steer: "↪ Steer", now: "⏩ Interrupt and run now" };

/** The small messages that tell a prompt's place in the queue; they go away when the prompt's turn has come. */
export class QueueNotices {
  readonly #messenger: Messenger;
  readonly #store: Store;
  readonly #now: () => number;
  /** By job, as long as its place in the queue is worth telling. */
  readonly #notices = new Map<string, Notice>();

  /** Takes over the notices of an earlier life. */
  constructor(messenger: Messenger, store: Store, now: () => number) {
    this.#messenger = messenger;
    this.#store = store;
    this.#now = now;
    for (const { job, status, messages } of store.openJobs) {
      const [message] = messages;
      if (status === "queued" && message)
        this.#notices.set(job.id, { sent: Promise.resolve(message), hurry: [] });
    }
  }

  /**
   * @param before How many jobs are before it, the running one included.
   * @param hurry What else can be done with it.
   * @param note Why it may wait for long.
   */
  queued(job: Job, before: number, hurry: readonly Hurry[], note = ""): void {
    const notice: Notice = { sent: Promise.resolve(undefined), hurry };
    this.#notices.set(job.id, notice);
    const last = job.parts.at(-1)?.messageId;
    notice.sent = this.#messenger.send(
      job.place,
      {
        text: plain([`⏳ Queued as number ${before}.`, note].join(" ").trimEnd()),
        buttons: this.#buttons(job.id, hurry),
      },
      {
        silent: true,
        minor: true,
        wanted: () => this.#notices.has(job.id),
        ...(last === undefined ? {} : { replyTo: last }),
      },
    );
    void notice.sent.then((message) => {
      if (message && this.#notices.has(job.id))
        this.#store.note({ k: "shown", id: job.id, messages: [message] });
    });
  }

  /** A button of a notice was pressed: there it stands, also when the last life ended before that was written down. */
  pressed(data: string, message: MessageRef): void {
    const id = /^(?:remove|steer|now):([^:]+)$/.exec(data)?.[1];
    if (id === undefined || this.#notices.has(id) || this.#store.job(id)?.status !== "queued") return;
    this.#notices.set(id, { sent: Promise.resolve(message), hurry: [] });
  }

  changed(job: Job): void {
    this.#replace(job.id, `⏳ Queued, with your change: “${titleOf(job)}”`, this.#buttons(job.id));
  }

  steered(job: Job, by?: Author): void {
    this.#replace(job.id, `${steeredWords(job)}${this.#signature(by)}`);
    this.#notices.delete(job.id);
  }

  removed(job: Job, by?: Author): void {
    this.#replace(job.id, `✖ Removed from the queue: “${titleOf(job)}”${this.#signature(by)}`);
    this.#notices.delete(job.id);
  }

  started(job: Job): void {
    void this.#notices.get(job.id)?.sent.then((message) => message && this.#messenger.remove(message));
    this.#notices.delete(job.id);
  }

  /** The chat is asked about it in another message. */
  held(job: Job): void {
    this.started(job);
  }

  #signature(by: Author | undefined): string {
    return by ? ` · ${by.name}, ${clockWords(this.#now())}` : "";
  }

  #buttons(jobId: string, hurry = this.#notices.get(jobId)?.hurry ?? []): Button[][] {
    const row = hurry.map((how) => ({ text: HURRY[how], data: `${how}:${jobId}` }));
    return [...(row.length > 0 ? [row] : []), [{ text: "✖ Remove", data: `remove:${jobId}` }]];
  }

  #replace(jobId: string, text: string, buttons: Button[][] = []): void {
    void this.#notices.get(jobId)?.sent.then((message) => {
      if (message)
        void this.#messenger.edit(message, () => ({ text: plain(text), buttons }), { final: true });
    });
  }
}
