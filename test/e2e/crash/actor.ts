import type { OpenJob } from "../../../src/jobs/job.ts";
import type { Remedy } from "../../../src/jobs/open-cases.ts";
import type { SeenMessage } from "../../fakes/bot-api/view.ts";
import { fromBot } from "../chats.ts";
import type { Stage } from "./stage.ts";

/** Something that a person has sent. */
export interface Sent {
  readonly updateId: number;
  readonly messageId: number;
  readonly text: string;
}

type Button = "stop" | "remove" | "ask";

/**
 * A person in the chat who does not care how often the bridge dies. Everything is done once; then it is waited for what
 * must come of it in any case: the journal tells when something is dealt with, and a button may be gone for good.
 */
export class Actor {
  readonly stage: Stage;
  /** The jobs whose *Run again* or *Resume* was pressed. */
  readonly again = new Set<string>();
  readonly resumed = new Set<string>();
  /** What came back for each press, by the data of its button. */
  readonly notices = new Map<string, string[]>();
  readonly #remedy: Remedy;
  readonly #allowed = new Set<string>();
  readonly #decided = new Map<string, number>();

  constructor(stage: Stage, remedy: Remedy) {
    this.stage = stage;
    this.#remedy = remedy;
  }

  say(text: string): Sent {
    const { update_id, message } = this.stage.api.say(this.stage.chat, text);
    return { updateId: update_id, messageId: message.message_id, text };
  }

  edit(sent: Sent, text: string): Sent {
    const { update_id } = this.stage.api.edit(this.stage.chat, sent.messageId, text);
    return { ...sent, updateId: update_id, text };
  }

  /** Resolves when the bridge has nothing left to do about it, other than to run it. */
  async handled({ updateId, text }: Sent): Promise<void> {
    await this.stage.until(`the end of “${text}”`, async () => {
      const { state } = this.stage.journal();
      return state.seen.has(updateId) && !state.unhandled.has(updateId);
    });
  }

  /** Resolves when the prompt has run, or waits for a decision. */
  async over(prompt: Sent): Promise<void> {
    await this.handled(prompt);
    await this.stage.until(`the answer to “${prompt.text}”`, async () => {
      const open = await this.#job(prompt);
      return open === undefined || open.status === "interrupted";
    });
  }

  /** Resolves with the message that shows the prompt's button, or undefined when the prompt is over. */
  async showing(button: Button, prompt: Sent): Promise<SeenMessage | undefined> {
    await this.handled(prompt);
    const found = await this.stage.until(`the button ${button} of “${prompt.text}”`, async () => {
      const open = await this.#job(prompt);
      if (open?.status !== (button === "remove" ? "queued" : "started"))
        return open?.status !== "queued" && "none";
      const data = button === "ask" ? "ask:" : `${button}:${open.job.id}`;
      // A notice that a crash has swallowed is not sent again.
      return this.#withButton(data) ?? (button === "remove" && this.stage.lives > 1 && "none");
    });
    return found === "none" ? undefined : found;
  }

  /** Resolves when the chat shows a first word of the answer to a running prompt, or the prompt runs no longer. */
  async answering(prompt: Sent): Promise<void> {
    await this.handled(prompt);
    await this.stage.until(`a word of the answer to “${prompt.text}”`, async () => {
      const open = await this.#job(prompt);
      if (open?.status !== "started") return open?.status !== "queued";
      return this.#withButton(`stop:${open.job.id}`)?.text.includes("answer") ?? false;
    });
  }

  /**
   * Presses a button if it is there when the prompt is under way. Does not wait for what comes of it.
   * @returns whether there was one.
   */
  async press(button: Button, prompt: Sent): Promise<boolean> {
    const message = await this.showing(button, prompt);
    const data = message?.keyboard
      .flat()
      .find(({ callback_data }) => callback_data?.startsWith(`${button}:`));
    if (!message || data?.callback_data === undefined) return false;
    this.#press(message, data.callback_data);
    return true;
  }

  /** Decides about everything that was interrupted, until nothing is open any more. */
  async settle(): Promise<void> {
    await this.stage.until("the end of all jobs", async () => {
      const { state } = this.stage.journal();
      for (const open of state.jobs.values()) if (open.status === "interrupted") this.#decide(open);
      this.#allow();
      return state.jobs.size === 0 && state.unhandled.size === 0 && this.stage.api.pending.length === 0;
    });
  }

  #decide({ job }: OpenJob): void {
    // Somebody who sees no effect presses again; not before the bridge had its chance.
    const pressed = this.#decided.get(job.id) ?? Number.NEGATIVE_INFINITY;
    if (performance.now() - pressed < 1_000) return;
    const how = this.#remedy;
    const message = this.#withButton(`${how}:${job.id}`) ?? this.#withButton(`drop:${job.id}`);
    if (!message) return;
    const data = this.#shows(message, `${how}:${job.id}`) ? `${how}:${job.id}` : `drop:${job.id}`;
    this.#decided.set(job.id, performance.now());
    if (data.startsWith("again:")) this.again.add(job.id);
    if (data.startsWith("resume:")) this.resumed.add(job.id);
    this.#press(message, data);
  }

  /** What runs again asks again. */
  #allow(): void {
    const message = this.#withButton("ask:");
    const data = message?.keyboard.flat().find(({ callback_data }) => callback_data?.startsWith("ask:"));
    if (!message || data?.callback_data === undefined || this.#allowed.has(data.callback_data)) return;
    this.#allowed.add(data.callback_data);
    this.#press(message, data.callback_data);
  }

  #press(message: SeenMessage, data: string): void {
    void this.stage.api.press(message, data, { stale: true }).then((answer) => {
      this.notices.set(data, [...(this.notices.get(data) ?? []), answer?.text ?? "(no answer)"]);
    });
  }

  async #job({ updateId }: Sent): Promise<OpenJob | undefined> {
    const { state } = this.stage.journal();
    return [...state.jobs.values()].find(({ job }) => job.updates.includes(updateId));
  }

  #withButton(data: string): SeenMessage | undefined {
    return fromBot(this.stage.api, this.stage.chat).findLast(
      (message) => !message.deleted && this.#shows(message, data),
    );
  }

  #shows({ keyboard }: SeenMessage, data: string): boolean {
    return keyboard.flat().some(({ callback_data }) => callback_data?.startsWith(data));
  }
}
