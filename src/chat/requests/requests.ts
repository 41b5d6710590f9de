import type { AgentAnswer, AgentRequest } from "../../agents/agent.ts";
import type { Clock } from "../../clock.ts";
import type { Job } from "../../jobs/job.ts";
import { mayStop, type Person } from "../../jobs/person.ts";
import type { Store } from "../../store.ts";
import { type Messenger, type Place, samePlace } from "../messenger.ts";
import type { Card, Decision } from "./card.ts";
import { permissionCard } from "./permission-card.ts";
import { planCard } from "./plan-card.ts";
import { questionCard } from "./question-card.ts";
import { ShownCard } from "./shown-card.ts";

export interface RequestsOptions {
  readonly messenger: Messenger;
  readonly store: Store;
  readonly clock: Clock;
  /** After so many milliseconds a question that still waits is repeated, once; undefined for never. */
  readonly remindMs: () => number | undefined;
}

/** What becomes of an answer. False when the agent does not wait for it any longer. */
type Decide = (answer: AgentAnswer) => boolean;

/** A question that nobody has answered yet. */
interface Waiting {
  readonly job: Job;
  readonly requestId: string;
  readonly shown: ShownCard;
  press(choice: string, by: Person): string;
  take(choice: string, text: string, by: Person): void;
  /** False when it is no question of yes or no. */
  typed(yes: boolean, by: Person): boolean;
}

/** Whose next message is a part of an answer, and of which one. */
interface Expected {
  readonly key: string;
  readonly choice: string;
  readonly place: Place;
  readonly person: number;
}

/** What outlives the one job. */
const LASTING: ReadonlySet<string> = new Set(["always"]);

const VOID = "This request is no longer open: it was answered already, or its run has ended.";

/** Brings what an agent wants from a person into the chat, and the answers back. Only who may stop a job answers for it. */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #waiting = new Map<string, Waiting>();
  #expected: Expected[] = [];

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Shows the request in full, with buttons under it. */
  ask(job: Job, request: AgentRequest, decide: Decide): void {
    switch (request.kind) {
      case "permission":
        this.#open(job, request.id, permissionCard(request), decide);
        break;
      case "plan":
        this.#open(job, request.id, planCard(request), decide);
        break;
      case "questions":
        this.#askQuestion(job, request, 0, {}, decide);
    }
  }

  /** One after the other: so a typed answer can belong to one of them only. */
  #askQuestion(
    job: Job,
    request: AgentRequest & { kind: "questions" },
    index: number,
    answers: Readonly<Record<string, readonly string[]>>,
    decide: Decide,
  ): void {
    const { id, questions } = request;
    const question = questions[index];
    if (!question) return;
    this.#open(job, id, questionCard(question, index, questions.length), (answer) => {
      const all = { ...answers, [question.id]: answer };
      if (index + 1 >= questions.length) return decide({ kind: "answers", answers: all });
      this.#askQuestion(job, request, index + 1, all, decide);
      return true;
    });
  }

  #open<T>(job: Job, requestId: string, card: Card<T>, decide: (answer: T) => boolean): void {
    const shown = new ShownCard(card, job, this.#options);
    const decided = ({ answer, verdict }: Decision<T>, by: Person): string => {
      this.#forget(shown.key);
      const taken = decide(answer);
      shown.close(taken ? `${verdict} by ${by.name}` : "No longer needed");
      return taken ? `${verdict}.` : VOID;
    };
    this.#waiting.set(shown.key, {
      job,
      requestId,
      shown,
      press: (choice, by) => {
        const step = card.press(choice);
        if (!step) return "This button does nothing any more.";
        if (step.kind === "decided") return decided(step, by);
        if (step.kind === "text") this.#expect({ key: shown.key, choice, place: job.place, person: by.id });
        else shown.redraw();
        return step.notice;
      },
      take: (choice, text, by) => void decided(card.take(choice, text), by),
      typed: (yes, by) => {
        const decision = card.typed(yes);
        if (decision) decided(decision, by);
        return decision !== undefined;
      },
    });
  }

  /** A press of a button under a request. @returns a short notice for whoever pressed it. */
  press(key: string, choice: string, by: Person): string {
    const waiting = this.#waiting.get(key);
    if (!waiting) return VOID;
    if (!mayStop(by, waiting.job)) return "Only its author and owners may do that.";
    if (LASTING.has(choice) && by.role !== "owner") return "Only owners may allow that for good.";
    return waiting.press(choice, by);
  }

  /** Whether the next message of this person here is a part of an answer. */
  expectsText(place: Place, by: Person): boolean {
    return this.#expectedOf(place, by) !== undefined;
  }

  #expectedOf(place: Place, by: Person): Expected | undefined {
    return this.#expected.find((each) => each.person === by.id && samePlace(each.place, place));
  }

  /** Takes a message as the text that its author was asked for. False when he was not. */
  takeText(place: Place, text: string, by: Person): boolean {
    const expected = this.#expectedOf(place, by);
    const waiting = expected && this.#waiting.get(expected.key);
    if (!expected || !waiting) return false;
    waiting.take(expected.choice, text, by);
    return true;
  }

  /** Answers the one request that waits here for this person by a typed word. Undefined when none does. */
  answerTyped(place: Place, yes: boolean, by: Person): "answered" | "several" | undefined {
    const here = [...this.#waiting.values()].filter(
      ({ job }) => samePlace(job.place, place) && mayStop(by, job),
    );
    const [only] = here;
    if (here.length > 1) return "several";
    return only?.typed(yes, by) ? "answered" : undefined;
  }

  /** The agent took one request of this job back, or all of them when the job is over. */
  void(jobId: string, requestId?: string): void {
    for (const { job, requestId: id, shown } of [...this.#waiting.values()]) {
      if (job.id !== jobId || (requestId !== undefined && id !== requestId)) continue;
      this.#forget(shown.key);
      shown.close("No longer needed");
    }
  }

  #expect(expected: Expected): void {
    const others = this.#expected.filter(
      ({ person, place }) => person !== expected.person || !samePlace(place, expected.place),
    );
    this.#expected = [...others, expected];
  }

  #forget(key: string): void {
    this.#waiting.delete(key);
    this.#expected = this.#expected.filter((each) => each.key !== key);
  }
}

/** `allow` and the like, typed instead of a press; undefined for any other text. */
export function typedDecision(text: string): boolean | undefined {
  const word = text.trim().toLowerCase().replace(/[.!]$/, "");
  if (["allow", "yes", "y", "ok", "approve"].includes(word)) return true;
  if (["deny", "no", "n"].includes(word)) return false;
  return undefined;
}
