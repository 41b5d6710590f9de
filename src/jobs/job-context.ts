import type { Messenger } from "../chat/messenger.ts";
import type { Requests } from "../chat/requests/requests.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ProjectPaths } from "../project.ts";
import type { Store } from "../store.ts";
import type { Undo } from "../undo/undo.ts";
import type { Conversations } from "./conversations.ts";
import type { JobFilesOptions } from "./job-files.ts";

/** What every job of a bridge needs. */
export interface JobContext extends JobFilesOptions {
  readonly messenger: Messenger;
  readonly requests: Requests;
  readonly conversations: Conversations;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly paths: ProjectPaths;
  /** Takes secrets out of what agents say. */
  readonly redact: (text: string) => string;
  /** Remembers what the files were; missing where nothing can be undone. */
  readonly undo?: Undo;
  /** A prompt that took longer than this ends with a message that the phone rings for; undefined for never. */
  readonly notifyAfterMs: () => number | undefined;
}
