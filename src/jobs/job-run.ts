import type {
  Agent,
  AgentAnswer,
  AgentEvent,
  AgentRequest,
  ImageInput,
  PermissionMode,
  Stay,
} from "../agents/agent.ts";
import { createAnswerText } from "../chat/answer-text.ts";
import { LiveMessage } from "../chat/live-message.ts";
import { createTurnView, type Ending, type TurnView } from "../chat/turn-view.ts";
import { promptImages } from "../files/prompt-images.ts";
import { startTimeOf } from "../process-identity.ts";
import { agentPrompt } from "./agent-prompt.ts";
import { textPath } from "./answer-store.ts";
import type { Opening } from "./conversations.ts";
import { quietMs } from "./end-notice.ts";
import { type Job, titleOf } from "./job.ts";
import type { JobContext } from "./job-context.ts";
import { deliverEnd } from "./job-end.ts";
import { withOutbox } from "./job-files.ts";
import { CONTINUE, JobTurn } from "./job-turn.ts";
import type { Running } from "./queue.ts";
import { goesOn, sessionFor } from "./resumption.ts";
import type { JobSettings } from "./settings.ts";
import { commandOf } from "./shell-command.ts";
import { guardAgainstStalls, type StallGuard } from "./stall-guard.ts";

export interface JobRunOptions extends JobContext {
  readonly agent: Agent;
  readonly settings: JobSettings;
  /** How to deal with processes that outlive their turn. */
  readonly stay: Stay;
  /** Show which prompt is being answered: it is not the last thing in the chat. */
  readonly reply: boolean;
  /** What must be in the chat before this job's first message. */
  readonly after: Promise<void>;
  /** Its last word could not be brought into the chat, and waits until it can. */
  readonly onUndelivered: () => void;
}

/** One job from its start to the delivered answer. */
export class JobRun implements Running {
  readonly job: Job;
  readonly view: TurnView;
  readonly finished: Promise<void>;
  /** Resolves when the chat shows how it ended; may take as long as the network is away. */
  readonly delivered: Promise<void>;
  readonly #options: JobRunOptions;
  readonly #live: LiveMessage;
  #turn: JobTurn | undefined;
  #stalls: StallGuard | undefined;
  #giveUp = (): void => {};
  readonly #givenUp = new Promise<void>((resolve) => {
    this.#giveUp = resolve;
  });
  #cancelled = false;
  #interrupted = false;
  #ownsSession = true;
  /** What was chosen after its start holds from the next prompt on. */
  readonly #opening: Opening;

  constructor(job: Job, options: JobRunOptions) {
    const { messenger, clock, store, paths, agent } = options;
    this.job = job;
    this.#options = options;
    const sessionId = sessionFor(job, agent.name);
    this.#opening =
      sessionId === undefined ? options.conversations.opening(job.place, agent.name) : { sessionId };
    const text = createAnswerText(textPath(job.id, paths));
    this.view = createTurnView(agent.output, text, clock.now(), options.redact, noteOf(job));
    const asked = job.parts.at(-1)?.messageId;
    this.#live = new LiveMessage({
      messenger,
      clock,
      place: job.place,
      ...(options.reply && asked !== undefined ? { replyTo: asked } : {}),
      view: this.view,
      after: options.after,
      buttons: [[{ text: "⏹ Stop", data: `stop:${job.id}` }]],
      onMessages: (messages) => store.note({ k: "shown", id: job.id, messages }),
    });
    const ending = this.#run();
    // The next job need not wait for the network, but for the processes of this one.
    this.finished = ending.then(() => this.#turn?.ended()).then(() => options.undo?.after(job));
    this.delivered = ending
      .then((how) => this.#deliver(how))
      // The journal has the answer: the next life delivers it.
      .catch((error) => options.log.error("answer not delivered", { job: job.id, error }))
      .finally(() => {
        this.#live.stop();
        text.close();
      });
  }

  /** Stops the agent; what it has said stays, marked as stopped by `name`. Resolves when its processes are gone. */
  async cancel(name?: string): Promise<void> {
    this.#cancelled = true;
    if (name !== undefined) this.view.stoppedBy(name);
    this.#giveUp();
    await this.#turn?.cancel();
  }

  /** As `cancel`, because the bridge goes down: the chat is asked how to go on. */
  async interrupt(): Promise<void> {
    // One that somebody is stopping already is not asked about again.
    if (this.#cancelled) return this.cancel();
    this.#interrupted = true;
    await this.cancel("the shutdown of the bridge");
  }

  /** Another session of that agent was asked for: what this job still reports of its own must not replace it. */
  leaveSession(agent: string): void {
    if (agent === this.#options.agent.name) this.#ownsSession = false;
  }

  /** Gives the running turn more to heed. False when it cannot take it. */
  async steer(text: string): Promise<boolean> {
    return (await this.#turn?.steer(text)) ?? false;
  }

  /** Changes how much the agent may do. False when that holds only from the next turn on. */
  async setMode(mode: PermissionMode): Promise<boolean> {
    return (await this.#turn?.setMode(mode)) ?? false;
  }

  /** Somebody knows that it shows no sign of life, and wants to wait. */
  keepWaiting(): void {
    this.#stalls?.keepWaiting();
  }

  async #run(): Promise<Ending> {
    const { store, clock, agent, paths, undo } = this.#options;
    this.#live.start(quietMs(this.job, this.#options.notifyAfterMs()));
    const unchanged = undo?.before(this.job, agent.output === "markdown");
    // Before the agent can do anything: whatever happens from here on, the job is not run a second time.
    const started = Promise.race([
      store.record({ k: "started", id: this.job.id, at: clock.now() }),
      this.#givenUp,
    ]);
    const isNew = agent.output !== "raw" && !goesOn(this.job, agent.name);
    const images = isNew ? await promptImages(this.job.files, paths) : [];
    const prompt = isNew ? await agentPrompt(this.job, paths) : this.#knownPrompt();
    await Promise.all([started, Promise.race([unchanged, this.#givenUp])]);
    if (this.#cancelled) this.view.apply({ kind: "cancelled" }, clock.now());
    else await this.#converse(prompt, images);
    return this.view.ending ?? { kind: "cancelled" };
  }

  /** What an agent is told that needs no more: a shell, or one that goes on. */
  #knownPrompt(): string {
    const { agent, paths } = this.#options;
    return agent.output === "raw" ? commandOf(this.job, paths.folder) : CONTINUE;
  }

  /** Runs the turn up to its last event; its processes may take a moment longer. */
  async #converse(prompt: string, images: readonly ImageInput[]): Promise<void> {
    const { agent, store, paths, settings, stay, clock } = this.#options;
    const turn = new JobTurn({
      agent: withOutbox(agent, this.job.id, this.#options),
      clock,
      prompt,
      images,
      jobId: this.job.id,
      cwd: paths.folder,
      settings,
      // Its own first: what it has begun already it must not begin again.
      opening: () => {
        const sessionId = store.job(this.job.id)?.sessionId;
        return sessionId === undefined ? this.#opening : { sessionId };
      },
      onEvent: (event) => this.#onEvent(event),
      stay,
      onHold: (reason) => {
        this.view.hold(reason);
        this.#live.changed();
      },
    });
    this.#turn = turn;
    const { stallMs } = settings;
    if (stallMs !== undefined) {
      this.#stalls = guardAgainstStalls({ ...this.#options, job: this.job, turn, view: this.view, stallMs });
    }
    const last = await turn.last;
    this.#stalls?.stop();
    this.#onEvent(last);
  }

  #started(pid: number, mark: string): void {
    const { store, log, agent } = this.#options;
    const startTime = startTimeOf(pid);
    const isOlder = mark !== this.job.id;
    const process = {
      pid,
      ...(startTime === undefined ? {} : { startTime }),
      ...(isOlder ? { mark } : {}),
    };
    store.note({ k: "started", id: this.job.id, process });
    log.info("agent started", { job: this.job.id, agent: agent.name, pid });
  }

  #onEvent(event: AgentEvent): void {
    const { agent, clock, requests, conversations } = this.#options;
    this.view.apply(event, clock.now());
    if (event.kind === "process") this.#started(event.pid, event.mark);
    if (event.kind === "session") this.#keepSession(event.sessionId);
    if (event.kind === "failed" && event.failure.code === "no-session" && this.#ownsSession) {
      void conversations.leaveSession(this.job.place, agent.name);
    }
    if (event.kind === "request") {
      requests.ask(this.job, event.request, (answer) => this.#answer(event.request, answer));
    }
    if (event.kind === "request-void") requests.void(this.job.id, event.id);
    // The others show nothing, and would only use up the chat's next frame.
    if (VISIBLE.has(event.kind)) this.#live.changed();
  }

  #answer(request: AgentRequest, answer: AgentAnswer): boolean {
    const { agent, store, clock } = this.#options;
    const taken = this.#turn?.answer(request.id, answer) ?? false;
    const always = answer.kind === "allow" && answer.scope === "always" && request.kind === "permission";
    if (taken && always && request.always?.keeper === "nanogent") {
      for (const rule of request.always.rules) store.note({ k: "rule", agent: agent.name, rule });
    }
    this.view.apply({ kind: "request-void", id: request.id }, clock.now());
    this.#live.changed();
    return taken;
  }

  #deliver(ending: Ending): Promise<void> {
    return deliverEnd(ending, {
      ...this.#options,
      job: this.job,
      view: this.view,
      live: this.#live,
      turn: this.#turn,
      interrupted: this.#interrupted,
    });
  }

  #keepSession(sessionId: string): void {
    const { agent, store, conversations } = this.#options;
    const { id } = this.job;
    if (store.job(id)?.sessionId !== sessionId)
      store.note({ k: "started", id, sessionId, agent: agent.name });
    if (this.#ownsSession) conversations.keepSession(this.job.place, agent.name, sessionId, this.#opening);
  }
}

/** What is to be said beside the answer. */
function noteOf(job: Job): string | undefined {
  return job.background ? `⚙️ ${titleOf(job, 200)}` : job.schedule?.note;
}

const VISIBLE: ReadonlySet<AgentEvent["kind"]> = new Set([
  "text",
  "tool-start",
  "tool-end",
  "request",
  "request-void",
]);
