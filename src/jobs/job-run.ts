import type { Agent, AgentEvent, PermissionMode, Turn } from "../agents/agent.ts";
import { createAnswerText } from "../chat/answer-text.ts";
import { LiveMessage } from "../chat/live-message.ts";
import type { Messenger } from "../chat/messenger.ts";
import type { Permissions } from "../chat/permissions.ts";
import { renderFinal } from "../chat/turn-render.ts";
import { createTurnView, type Ending, type TurnView } from "../chat/turn-view.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { startTimeOf } from "../process-identity.ts";
import type { ProjectPaths } from "../project.ts";
import type { Store } from "../store.ts";
import { forgetAnswer, storeAnswer, textPath } from "./answer-store.ts";
import { type Job, promptOf } from "./job.ts";
import type { Running } from "./queue.ts";
import { settleJob } from "./settle.ts";

/** What every job of a bridge needs. */
export interface JobContext {
  readonly agent: Agent;
  readonly messenger: Messenger;
  readonly permissions: Permissions;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly paths: ProjectPaths;
  /** Takes secrets out of what agents say. */
  readonly redact: (text: string) => string;
}

export interface JobRunOptions extends JobContext {
  readonly mode: PermissionMode;
  readonly model: string | undefined;
  /** Show which prompt is being answered: it is not the last thing in the chat. */
  readonly reply: boolean;
  /** What must be in the chat before this job's first message. */
  readonly after: Promise<void>;
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
  #turn: Turn | undefined;
  #cancelled = false;
  #interrupted = false;
  #ownsSession = true;

  constructor(job: Job, options: JobRunOptions) {
    const { messenger, clock, store, paths, agent } = options;
    this.job = job;
    this.#options = options;
    const text = createAnswerText(textPath(job.id, paths));
    this.view = createTurnView(agent.output, text, clock.now(), options.redact);
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
    this.finished = ending.then(() => this.#turn?.ended);
    this.delivered = ending
      .then((how) => this.#deliver(how))
      // The journal has the answer: the next life delivers it.
      .catch((error) => options.log.error("answer not delivered", { job: job.id, error }))
      .finally(() => text.close());
  }

  /** Stops the agent; what it has said stays, marked as stopped by `name`. Resolves when its processes are gone. */
  async cancel(name?: string): Promise<void> {
    this.#cancelled = true;
    if (name !== undefined) this.view.stoppedBy(name);
    await this.#turn?.cancel();
  }

  /** As `cancel`, because the bridge goes down: the chat is asked how to go on. */
  async interrupt(): Promise<void> {
    this.#interrupted = true;
    await this.cancel("the shutdown of the bridge");
  }

  /** A fresh session was asked for: what this job still reports of its own must not replace it. */
  leaveSession(): void {
    this.#ownsSession = false;
  }

  async #run(): Promise<Ending> {
    const { store, clock, log } = this.#options;
    const { id } = this.job;
    this.#live.start();
    try {
      // Before the agent can do anything: whatever happens from here on, the job is not run a second time.
      await store.record({ k: "started", id });
    } catch (error) {
      log.error("job not started", { job: id, error });
      const failure = {
        code: "error" as const,
        message: "The state could not be written, so nothing was run.",
        detail: String(error),
      };
      this.view.apply({ kind: "failed", failure }, clock.now());
    }
    if (!this.view.ending) await this.#converse();
    return this.view.ending ?? { kind: "cancelled" };
  }

  /** Runs the turn up to its last event; its processes may take a moment longer. */
  async #converse(): Promise<void> {
    if (this.#cancelled) {
      this.view.apply({ kind: "cancelled" }, this.#options.clock.now());
      return;
    }
    const { agent, store, paths, mode, model, log } = this.#options;
    const sessionId = store.session(agent.name);
    let end = (): void => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    const turn = agent.run(
      {
        prompt: promptOf(this.job),
        ...(sessionId === undefined ? {} : { sessionId }),
        cwd: paths.folder,
        permissions: mode,
        ...(model === undefined ? {} : { model }),
        jobId: this.job.id,
      },
      (event) => {
        this.#onEvent(event);
        if (this.view.ending) end();
      },
    );
    this.#turn = turn;
    if (turn.pid !== undefined) {
      const startTime = startTimeOf(turn.pid);
      const process = { pid: turn.pid, ...(startTime === undefined ? {} : { startTime }) };
      store.note({ k: "started", id: this.job.id, process });
      log.info("agent started", { job: this.job.id, agent: agent.name, pid: turn.pid });
    }
    await over;
  }

  #onEvent(event: AgentEvent): void {
    const { agent, clock, permissions, store } = this.#options;
    this.view.apply(event, clock.now());
    if (event.kind === "session" && this.#ownsSession && store.session(agent.name) !== event.sessionId) {
      store.note({ k: "session", agent: agent.name, sessionId: event.sessionId });
    }
    if (event.kind === "failed" && event.failure.code === "no-session") {
      store.note({ k: "session", agent: agent.name, sessionId: null });
    }
    if (event.kind === "permission") {
      const { request } = event;
      permissions.ask(this.job, request, (decision) => {
        const taken = this.#turn?.answer(request.id, decision) ?? false;
        this.view.apply({ kind: "permission-void", id: request.id }, clock.now());
        this.#live.changed();
        return taken;
      });
    }
    if (event.kind === "permission-void") permissions.void(this.job.id, event.id);
    // The others show nothing, and would only use up the chat's next frame.
    if (VISIBLE.has(event.kind)) this.#live.changed();
  }

  async #deliver(ending: Ending): Promise<void> {
    const { store, permissions, messenger, log, agent, paths } = this.#options;
    const { id } = this.job;
    permissions.void(id);
    log.info("job ended", { job: id, agent: agent.name, outcome: ending.kind, ...failureFields(ending) });
    const outcome = this.#interrupted && ending.kind === "cancelled" ? "interrupted" : ending.kind;
    const final = renderFinal(this.view, ending, messenger.limits);
    try {
      await store.record({ k: "answered", id, answer: await storeAnswer(final, outcome, id, paths) });
    } catch (error) {
      log.error("answer not stored", { job: id, error });
    }
    const arrived = await settleJob(this.#live, final, outcome, this.job, { store, agent: agent.name });
    if (!arrived) this.view.text.keep();
    forgetAnswer(id, paths);
  }
}

const VISIBLE: ReadonlySet<AgentEvent["kind"]> = new Set([
  "text",
  "tool-start",
  "tool-end",
  "permission",
  "permission-void",
]);

function failureFields(ending: Ending): Record<string, string | undefined> {
  return ending.kind === "failed" ? { code: ending.failure.code, detail: ending.failure.detail } : {};
}
