import { type Job, titleOf } from "../jobs/job.ts";
import type { Store } from "../store.ts";
import { plain } from "../text/entities.ts";
import type { MessageRef, Messenger } from "./messenger.ts";

/** The small messages that tell a prompt's place in the queue; they go away when the prompt's turn has come. */
export class QueueNotices {
  readonly #messenger: Messenger;
  readonly #notices = new Map<string, Promise<MessageRef | undefined>>();
  readonly #known = new Map<string, MessageRef>();
  /** The jobs whose place in the queue is still worth telling. */
  readonly #queued = new Set<string>();
  readonly #store: Store;

  /** Takes over the notices of an earlier life. */
  constructor(messenger: Messenger, store: Store) {
    this.#messenger = messenger;
    this.#store = store;
    for (const { job, status, messages } of store.openJobs) {
      const [notice] = messages;
      if (status === "queued" && notice) this.#remember(job.id, Promise.resolve(notice));
    }
  }

  /** @param before How many jobs are before it, the running one included. */
  queued(job: Job, before: number): void {
    this.#queued.add(job.id);
    const last = job.parts.at(-1)?.messageId;
    const notice = this.#messenger.send(
      job.place,
      {
        text: plain(`⏳ Queued as number ${before}.`),
        buttons: [[{ text: "✖ Remove", data: `remove:${job.id}` }]],
      },
      {
        silent: true,
        minor: true,
        wanted: () => this.#queued.has(job.id),
        ...(last === undefined ? {} : { replyTo: last }),
      },
    );
    this.#remember(job.id, notice);
    void notice.then((message) => {
      if (message && this.#notices.has(job.id))
        this.#store.note({ k: "shown", id: job.id, messages: [message] });
    });
  }

  changed(job: Job): void {
    this.#replace(job.id, `⏳ Queued, with your change: “${titleOf(job)}”`, [
      [{ text: "✖ Remove", data: `remove:${job.id}` }],
    ]);
  }

  removed(job: Job): void {
    this.#replace(job.id, `✖ Removed from the queue: “${titleOf(job)}”`);
    this.#forget(job.id);
  }

  started(job: Job): void {
    void this.#notices.get(job.id)?.then((message) => message && this.#messenger.remove(message));
    this.#forget(job.id);
  }

  isNotice(jobId: string, { chatId, messageId }: MessageRef): boolean {
    const notice = this.#known.get(jobId);
    return notice?.chatId === chatId && notice.messageId === messageId;
  }

  #replace(jobId: string, text: string, buttons: { text: string; data: string }[][] = []): void {
    void this.#notices.get(jobId)?.then((message) => {
      if (message)
        void this.#messenger.edit(message, () => ({ text: plain(text), buttons }), { final: true });
    });
  }

  #remember(jobId: string, notice: Promise<MessageRef | undefined>): void {
    this.#notices.set(jobId, notice);
    void notice.then((message) => message && this.#notices.has(jobId) && this.#known.set(jobId, message));
  }

  #forget(jobId: string): void {
    this.#queued.delete(jobId);
    this.#notices.delete(jobId);
    this.#known.delete(jobId);
  }
}
