import { clockWords } from "../../schedules/words.ts";
import type { KnownSession } from "../../terminal/registry.ts";
import { clean } from "../../text/clean.ts";
import { cut } from "../../text/cut.ts";
import type { Keyboard, OutgoingFile } from "../messenger.ts";
import { screenOf, showsSecret } from "./screen-text.ts";
import { endWords, heading, keyButtons } from "./views.ts";

export interface PictureLook {
  /** With the keys under it. */
  readonly keys?: boolean;
  /** Until then it follows what the terminal shows; milliseconds since the epoch. */
  readonly liveUntil?: number;
  /** A sentence under its heading. */
  readonly note?: string;
}

const LONGEST_TITLE = 100;

/**
 * What a terminal shows now as a picture, with its buttons; undefined when there is a secret on it, which cannot be blotted
 * out there.
 */
export async function pictureOf(
  known: KnownSession,
  look: PictureLook,
  redact: (text: string) => string,
): Promise<OutgoingFile | undefined> {
  const { session } = known;
  const { drawScreen } = await import("../../terminal/picture/draw-screen.ts");
  const terminal = await screenOf(session);
  // At one go with the drawing: in between a secret could come.
  if (showsSecret(terminal, redact)) return undefined;
  return {
    name: `${session.id}.png`,
    bytes: drawScreen(terminal),
    picture: true,
    caption: captionOf(known, look, redact),
    buttons: pictureButtons(known, look),
  };
}

/** What stands under a picture. It begins as every message about the session does, so that replies to it are typed there. */
export function captionOf(
  known: KnownSession,
  { liveUntil, note }: PictureLook,
  redact: (text: string) => string,
): string {
  const { title, label, exit } = known.session;
  const shown = redact(clean(title)).replace(/\s+/g, " ").trim();
  const lines = [
    heading(known).text,
    shown === label ? "" : cut(shown, LONGEST_TITLE),
    exit ? endWords(exit) : "",
    liveUntil === undefined ? "" : `▶ Live until ${clockWords(liveUntil)}`,
    note ?? "",
  ];
  return lines.filter((line) => line !== "").join("\n");
}

export function pictureButtons({ session }: KnownSession, { keys, liveUntil }: PictureLook): Keyboard {
  const { id, exit } = session;
  if (exit) return [];
  if (keys) return keyButtons(id);
  return [
    [
      { text: "🔄 Refresh", data: `term-refresh:${id}` },
      liveUntil === undefined
        ? { text: "▶ Live", data: `term-live:${id}` }
        : { text: "⏹ Stop live", data: `term-still:${id}` },
      { text: "⌨ Keys", data: `term-keys:${id}` },
    ],
    [
      { text: "🔤 Text", data: `term-text:${id}` },
      { text: "✖ Close", data: `term-close:${id}` },
    ],
  ];
}
