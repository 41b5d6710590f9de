import { type Clock, sleep } from "../../clock.ts";
import type { Door } from "../../control/bridge-door.ts";
import type { Person } from "../../jobs/person.ts";
import type { Log } from "../../log.ts";
import { clockWords } from "../../schedules/words.ts";
import type { ClaudeCommand } from "../../terminal/claude/command.ts";
import { readDialog } from "../../terminal/claude/dialog.ts";
import { DialogWatch } from "../../terminal/claude/dialog-watch.ts";
import type { HookEvent } from "../../terminal/claude/hook-event.ts";
import type { HookCall } from "../../terminal/claude/hook-route.ts";
import { ClaudeHooks } from "../../terminal/claude/hooks.ts";
import type { ClaudeLaunch, KnownSession } from "../../terminal/registry.ts";
import type { MessageRef } from "../messenger.ts";
import { ClaudeNotices, type ClaudeNoticesOptions, type Notice } from "./claude-notices.ts";
import { finishedWords, isYesOrNo, permissionWords, verdictWords, waitingWords } from "./claude-words.ts";

export interface ClaudeRoomOptions extends ClaudeNoticesOptions {
  /** The project's folder, and that with its state; absolute. */
  readonly folder: string;
  readonly state: string;
  readonly door: Door;
  readonly redact: (text: string) => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A program that goes on printing is at work, whatever it says. */
const QUIET_MS = 1_500;
/** Longer than the pauses after which a hook tries again to reach the bridge. */
const RETURN_MS = 10_000;
const PRESS_MS = 5_000;

const DECIDED = "This has been decided already.";

type Permission = HookEvent & { readonly kind: "permission" };

/** Claude Code in the terminals of a project: what it tells by its hooks, and what is answered. */
export class ClaudeRoom {
  readonly #options: ClaudeRoomOptions;
  readonly #notices: ClaudeNotices;
  readonly #hooks: ClaudeHooks;
  /** What takes back what is to be said when a session is quiet. */
  readonly #later = new Map<string, () => void>();
  /** The turn of which a session has last told something besides its begin. */
  readonly #turns = new Map<string, string>();
  readonly #dialogs = new Map<string, DialogWatch>();
  #stopping = false;

  constructor(options: ClaudeRoomOptions) {
    this.#options = options;
    this.#notices = new ClaudeNotices(options);
    this.#hooks = new ClaudeHooks({ ...options, handle: (call) => this.#hear(call) });
  }

  launch(id: string, command: ClaudeCommand): Promise<ClaudeLaunch> {
    return this.#hooks.launch(id, command);
  }

  /** Goes on with the sessions of an earlier life. Never rejects. */
  async resume(open: readonly KnownSession[]): Promise<void> {
    const known = open.flatMap((each) => {
      const { claude } = each.record;
      // One that has ended meanwhile was forgotten already.
      return claude && !each.session.exit ? [{ each, id: each.session.id, secret: claude.secret }] : [];
    });
    await this.#hooks.resume(new Map(known.map(({ id, secret }) => [id, secret])));
    // Questions whose hooks do not come again were answered meanwhile.
    this.#options.clock.after(RETURN_MS, () => {
      for (const { each } of known.filter(({ each: { session } }) => !session.exit))
        this.#endAll(each, ({ kind, decide }) => kind === "permission" && !decide);
    });
  }

  /** A session is over: nothing that was said of it holds any more. */
  ended(known: KnownSession): void {
    const { id } = known.session;
    this.#hush(known);
    this.#endAll(known);
    this.#notices.forget(id);
    this.#turns.delete(id);
    this.#dialogs.delete(id);
    this.#hooks.forget(id);
  }

  /** A press of *Allow* or *Deny*. @returns a short notice for whoever pressed. */
  async press(known: KnownSession, { request, allow, person, message }: PressedNotice): Promise<string> {
    const { clock } = this.#options;
    const { exit } = known.session;
    const notice = exit ? undefined : this.#notices.of(known).find((each) => each.request === request);
    if (!notice) {
      this.#notices.discard(message);
      return DECIDED;
    }
    // After a restart the hook comes again in a moment.
    for (const end = clock.monotonic() + PRESS_MS; clock.monotonic() < end; await sleep(clock, 100))
      if (notice.decide || notice.isOver) break;
    if (notice.isOver) return DECIDED;
    if (!notice.decide) return "Claude Code does not wait for it any more. Look at its screen.";
    notice.decide(allow, person.name);
    return allow ? "Allowed." : "Denied.";
  }

  /** What was said stays, for the next life. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const cancel of this.#later.values()) cancel();
    await this.#hooks.stop();
  }

  async #hear({ session, request, again, event, gone }: HookCall): Promise<object | undefined> {
    const known = this.#options.registry.find(session);
    if (!known || known.session.exit) return undefined;
    // They are told side by side: this one comes late.
    if (event.kind === "prompted" && event.prompt === this.#turns.get(session)) return undefined;
    if (event.kind !== "prompted" && event.prompt !== "" && !again) this.#turns.set(session, event.prompt);
    if (event.kind !== "permission") this.#told(known, event);
    else if (!again || (await this.#stands(known, request))) return this.#ask(known, request, event, gone);
    return undefined;
  }

  /** Whether a question of an earlier life still waits for an answer: its hook does not know. */
  async #stands(known: KnownSession, request: string): Promise<boolean> {
    if (this.#notices.isOver(request)) return false;
    const isSaid = this.#notices.of(known).some((each) => each.request === request);
    return isSaid || (await readDialog(known.session)) !== undefined;
  }

  #told(known: KnownSession, event: Exclude<HookEvent, Permission>): void {
    const { redact } = this.#options;
    switch (event.kind) {
      case "prompted":
        this.#hush(known);
        this.#endTold(known);
        void this.#endAnswered(known);
        break;
      case "finished":
        void this.#endAnswered(known);
        this.#whenQuiet(known, () => {
          this.#endTold(known);
          this.#notices.post(known, "finished", finishedWords(known, event, redact));
        });
        break;
      case "waiting":
        // What stands there, or is about to, says as much.
        if (this.#later.has(known.session.id)) break;
        this.#whenQuiet(known, () => {
          if (this.#notices.of(known).length > 0) return;
          this.#notices.post(known, "waiting", waitingWords(known, event, redact));
        });
        break;
      case "ended":
        this.#hush(known);
        this.#endAll(known);
    }
  }

  /** Resolves when somebody has decided in the chat, or with undefined when the question is over. */
  #ask(
    known: KnownSession,
    request: string,
    event: Permission,
    gone: AbortSignal,
  ): Promise<object | undefined> {
    const { redact, clock, folder } = this.#options;
    this.#hush(known);
    this.#endTold(known);
    const before = this.#notices.of(known).find((each) => each.request === request);
    const notice =
      before ??
      this.#notices.post(known, "permission", permissionWords(known, event, redact), {
        request,
        canDecide: isYesOrNo(event.tool),
      });
    return new Promise((resolve) => {
      const answered = (): void => {
        if (!this.#stopping) this.#notices.end(known, notice);
      };
      const unwatch = this.#dialogsOf(known).add({
        input: event.input,
        wasShown: before !== undefined,
        onGone: answered,
      });
      notice.onOver = () => {
        unwatch();
        resolve(undefined);
      };
      notice.decide = (allow, by) => {
        resolve(decision(allow, by));
        const verdict = `${allow ? "✅ Allowed" : "⛔ Denied"} by ${by}, ${clockWords(clock.now())}`;
        this.#notices.end(known, notice, verdictWords(known, event, verdict, { folder, redact }));
      };
      gone.addEventListener("abort", answered, { once: true });
      if (gone.aborted) answered();
    });
  }

  #dialogsOf({ session }: KnownSession): DialogWatch {
    const watch = this.#dialogs.get(session.id) ?? new DialogWatch(session, this.#options.clock);
    this.#dialogs.set(session.id, watch);
    return watch;
  }

  /** Questions that are no longer on the screen, for the case that nobody has seen them go. */
  async #endAnswered(known: KnownSession): Promise<void> {
    const asked = this.#notices.of(known).filter(({ kind }) => kind === "permission");
    if (asked.length === 0 || (await readDialog(known.session)) !== undefined) return;
    for (const notice of asked) this.#notices.end(known, notice);
  }

  /** It goes on, so that nobody has to come. */
  #endTold(known: KnownSession): void {
    this.#endAll(known, ({ kind }) => kind !== "permission");
  }

  #endAll(known: KnownSession, which: (notice: Notice) => boolean = () => true): void {
    if (this.#stopping) return;
    for (const notice of this.#notices.of(known).filter(which)) this.#notices.end(known, notice);
  }

  /** Says it when the program has printed nothing for a moment, unless something else happens before. */
  #whenQuiet(known: KnownSession, say: () => void): void {
    const { clock } = this.#options;
    const { session } = known;
    this.#hush(known);
    const look = (): void => {
      this.#later.delete(session.id);
      if (session.exit) return;
      const quietMs = Math.max(0, clock.now() - session.lastOutput);
      if (quietMs >= QUIET_MS) say();
      else this.#later.set(session.id, clock.after(QUIET_MS - quietMs, look));
    };
    look();
  }

  #hush({ session: { id } }: KnownSession): void {
    this.#later.get(id)?.();
    this.#later.delete(id);
  }
}

export interface PressedNotice {
  readonly request: string;
  readonly allow: boolean;
  readonly person: Person;
  readonly message: MessageRef | undefined;
}

/** What a hook prints for it (https://docs.claude.com/en/docs/claude-code/hooks#permissionrequest-decision-control). */
function decision(allow: boolean, by: string): object {
  const decided = allow ? { behavior: "allow" } : { behavior: "deny", message: `${by} does not allow this.` };
  return { hookSpecificOutput: { hookEventName: "PermissionRequest", decision: decided } };
}
