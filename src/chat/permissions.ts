import { randomBytes } from "node:crypto";
import type { PermissionDecision, PermissionRequest } from "../agents/agent.ts";
import { mayStop, type Person } from "../jobs/desk.ts";
import type { Job } from "../jobs/job.ts";
import { concat, plain, type RichText, styled } from "../text/entities.ts";
import { split } from "../text/split.ts";
import type { MessageRef, Messenger, Place } from "./messenger.ts";

/** A request that a person has not answered yet. */
interface Waiting {
  readonly job: Job;
  readonly text: RichText;
  readonly decide: (decision: PermissionDecision) => boolean;
  readonly requestId: string;
  message: Promise<MessageRef | undefined>;
}

export type Answered = "answered" | "not-yours" | "void";

/** Brings an agent's requests into the chat and the answers back. */
export class Permissions {
  readonly #messenger: Messenger;
  readonly #waiting = new Map<string, Waiting>();

  constructor(messenger: Messenger) {
    this.#messenger = messenger;
  }

  /** Shows the request in full, with buttons under it. */
  ask(job: Job, request: PermissionRequest, decide: (decision: PermissionDecision) => boolean): void {
    const key = randomBytes(6).toString("hex");
    const parts = split(describe(request), this.#messenger.limits);
    const last = parts.pop() ?? plain(request.tool);
    const buttons = [
      [
        { text: "✅ Allow", data: `allow:${key}` },
        { text: "⛔ Deny", data: `deny:${key}` },
      ],
    ];
    for (const part of parts) void this.#messenger.send(job.place, { text: part }, { important: true });
    const message = this.#messenger.send(job.place, { text: last, buttons }, { important: true });
    this.#waiting.set(key, { job, text: last, decide, requestId: request.id, message });
  }

  /** Answers one request by its button. Only who may cancel the job may decide for it. */
  answer(key: string, allow: boolean, by: Person): Answered {
    const waiting = this.#waiting.get(key);
    if (!waiting) return "void";
    if (!mayStop(by, waiting.job)) return "not-yours";
    this.#waiting.delete(key);
    const decision: PermissionDecision = allow
      ? { behavior: "allow" }
      : { behavior: "deny", reason: `${by.name} denied it.` };
    const taken = waiting.decide(decision);
    this.#close(waiting, taken ? `${allow ? "✅ Allowed" : "⛔ Denied"} by ${by.name}` : "No longer needed");
    return taken ? "answered" : "void";
  }

  /** Answers the one request that waits here for this person by a typed word. Undefined when none does. */
  answerTyped(place: Place, allow: boolean, by: Person): Answered | "several" | undefined {
    const here = [...this.#waiting].filter(([, { job }]) => samePlace(job.place, place) && mayStop(by, job));
    const [only] = here;
    if (here.length > 1) return "several";
    return only && this.answer(only[0], allow, by);
  }

  /** The agent took one request of this job back, or all of them when the job is over. */
  void(jobId: string, requestId?: string): void {
    for (const [key, waiting] of this.#waiting) {
      if (waiting.job.id !== jobId || (requestId !== undefined && waiting.requestId !== requestId)) continue;
      this.#waiting.delete(key);
      this.#close(waiting, "No longer needed");
    }
  }

  #close(waiting: Waiting, verdict: string): void {
    void waiting.message.then((message) => {
      const text = concat(waiting.text, "\n\n", styled("italic", verdict));
      // The verdict may be the one line too many; then it is what counts.
      const fits = split(text, this.#messenger.limits).length === 1;
      if (message)
        void this.#messenger.edit(message, () => ({ text: fits ? text : plain(verdict) }), { final: true });
    });
  }
}

/** `allow` and the like, typed instead of a press; undefined for any other text. */
export function typedDecision(text: string): boolean | undefined {
  const word = text.trim().toLowerCase().replace(/[.!]$/, "");
  if (["allow", "yes", "y", "ok"].includes(word)) return true;
  if (["deny", "no", "n"].includes(word)) return false;
  return undefined;
}

function describe({ tool, detail, reason }: PermissionRequest): RichText {
  return concat(
    "🔐 The agent wants to use ",
    styled("bold", oneLine(tool)),
    // In quotes and on one line: it is the agent's word, and must not look like ours.
    reason ? `: “${oneLine(reason)}”` : "",
    "\n\n",
    styled("pre", detail.replace(/\n(?:[^\S\n]*\n){3,}/g, "\n\n… (empty lines)\n\n")),
  );
}

const LONGEST_REASON = 200;

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON)}…`;
}

function samePlace(a: Place, b: Place): boolean {
  return a.chatId === b.chatId && a.threadId === b.threadId;
}
