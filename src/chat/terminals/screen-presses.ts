import type { KnownSession } from "../../terminal/registry.ts";
import { keyBytes } from "./keys.ts";
import type { Quiet } from "./quiet.ts";
import type { ScreenMessage, Screens } from "./screens.ts";
import { closeView, exitWords } from "./views.ts";

export interface ScreenPress extends ScreenMessage {
  readonly action: string;
  readonly known: KnownSession;
  /** Of a key. */
  readonly name: string;
}

/** What the buttons do that show a screen, or type into it. @returns a short notice; undefined for any other button. */
export async function pressScreen(
  press: ScreenPress,
  screens: Screens,
  quiet: Quiet,
): Promise<string | undefined> {
  const { action, known, message, place } = press;
  const { id, exit } = known.session;
  const ended = exit && `${id}: ${exitWords(exit)}`;
  switch (action) {
    case "term-screen":
    case "term-picture":
      await screens.send(known, place);
      return "Here it is.";
    case "term-text":
      await screens.sendText(known, place);
      return "Here it is.";
    case "term-refresh":
    case "term-keys":
      await screens.show(known, press, action === "term-keys");
      return ended ?? "Up to date.";
    case "term-live":
      if (!ended && message?.isFile) return screens.live.start(known, message);
      await screens.show(known, press);
      return ended ?? "Up to date.";
    case "term-still":
      if (message) screens.live.forget(message);
      await screens.show(known, press);
      return ended ?? "Not live any more.";
    case "term-key":
      return ended ?? pressKey(press, screens, quiet);
    case "term-close":
      if (!ended) screens.say(press, closeView(known));
      return ended ?? "Really?";
    default:
      return undefined;
  }
}

async function pressKey(press: ScreenPress, screens: Screens, quiet: Quiet): Promise<string> {
  const { session } = press.known;
  const bytes = keyBytes(press.name, session.screen.terminal);
  if (bytes === undefined) return "There is no such key.";
  await session.write(Buffer.from(bytes));
  // The press itself is answered at once.
  screens.unattended(async () => {
    await quiet.after(session);
    await screens.show(press.known, press, true);
  });
  return "";
}
