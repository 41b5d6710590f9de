import type { Desk } from "../jobs/desk.ts";
import type { Job } from "../jobs/job.ts";
import { plain } from "../text/entities.ts";
import type { Access } from "./access.ts";
import type { Messenger, Place } from "./messenger.ts";

export interface BridgeNoticeOptions {
  readonly desk: Desk;
  readonly access: Access;
  readonly messenger: Messenger;
  /** Whether its author may still use the bot. */
  readonly mayPrompt: (job: Job) => boolean;
}

/** Says something about the bridge itself where it is worked with; to its owners when that is nowhere. */
export function sendBridgeNotice(
  text: string,
  { desk, access, messenger, mayPrompt }: BridgeNoticeOptions,
): void {
  // A guest has to know what becomes of his job, but not of the bridge when he has none.
  const concerned = desk.jobsAtHand.filter(mayPrompt).map(({ place }) => place);
  const places = concerned.length > 0 ? concerned : access.owners.map((chatId): Place => ({ chatId }));
  const each = new Map(places.map((place) => [`${place.chatId}/${place.threadId}`, place]));
  for (const place of each.values()) void messenger.send(place, { text: plain(text) }, { important: true });
}
