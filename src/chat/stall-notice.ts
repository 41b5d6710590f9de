import { type Job, titleOf } from "../jobs/job.ts";
import { duration } from "../text/duration.ts";
import { plain } from "../text/entities.ts";
import type { MessageRef, Messenger } from "./messenger.ts";

/** The message that tells that a job shows no sign of life, as long as that is so. */
export class StallNotice {
  readonly #messenger: Messenger;
  readonly #job: Job;
  #sent: Promise<MessageRef | undefined> | undefined;

  constructor(messenger: Messenger, job: Job) {
    this.#messenger = messenger;
    this.#job = job;
  }

  /** @param stallMs For how long nothing was seen, in milliseconds. */
  show(stallMs: number): void {
    const { id, number, place, parts, files } = this.#job;
    const title = titleOf({ parts, files });
    this.#sent = this.#messenger.send(place, {
      text: plain(
        `😴 #${number} “${title}” has shown no sign of life for ${duration(stallMs)}: nothing said, nothing computed, nothing started. It may hang.`,
      ),
      buttons: [
        [
          { text: "⏹ Stop", data: `stop:${id}` },
          { text: "Keep waiting", data: `wait:${id}` },
        ],
      ],
    });
  }

  hide(): void {
    void this.#sent?.then((message) => message && this.#messenger.remove(message));
    this.#sent = undefined;
  }
}
