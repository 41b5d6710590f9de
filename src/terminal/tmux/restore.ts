import type { ControlClient } from "./control-client.ts";
import { target } from "./server.ts";

/** What tmux knows of a pane, by the names of its formats. */
const FACTS = [
  "pane_width",
  "pane_height",
  "history_size",
  "cursor_x",
  "cursor_y",
  "alternate_on",
  "alternate_saved_x",
  "alternate_saved_y",
  "cursor_flag",
  "insert_flag",
  "keypad_cursor_flag",
  "keypad_flag",
  "mouse_standard_flag",
  "mouse_button_flag",
  "mouse_all_flag",
  "mouse_sgr_flag",
  "origin_flag",
  "wrap_flag",
  "bracket_paste_flag",
  "scroll_region_upper",
  "scroll_region_lower",
  "pane_pid",
  "window_name",
] as const;
type Fact = (typeof FACTS)[number];
export type PaneFacts = Readonly<Record<Fact, string>>;

/** @param ms How long tmux may take to answer. @throws Error when the session is gone, or tmux does not answer. */
export async function paneFacts(client: ControlClient, id: string, ms: number): Promise<PaneFacts> {
  return readFacts(await client.command(factsCommand(id), ms));
}

/**
 * What brings an empty terminal to what a session shows: its history, both screens, the cursor and the modes that tmux
 * tells. `onTaken` is called at the place in the output where that was so.
 * @throws Error when the session is gone, or tmux does not answer.
 */
export async function restore(
  client: ControlClient,
  id: string,
  onTaken: () => void,
): Promise<{ readonly facts: PaneFacts; readonly bytes: Buffer }> {
  const capture = `capture-pane -p -e -J -t '${target(id)}'`;
  const [told = [], history = [], shown = [], behind = []] = await client.commands(
    [factsCommand(id), `${capture} -S - -E -1`, capture, `${capture} -a -q`],
    onTaken,
  );
  const facts = readFacts(told);
  return { facts, bytes: Buffer.from(sequences(facts, { history, shown, behind })) };
}

function factsCommand(id: string): string {
  return `display-message -p -t '${target(id)}' '${FACTS.map((name) => `#{${name}}`).join(" | ")}'`;
}

function readFacts([line = ""]: readonly string[]): PaneFacts {
  const values = line.split(" | ");
  return Object.fromEntries(FACTS.map((name, index) => [name, values[index] ?? ""])) as PaneFacts;
}

function sequences(
  facts: PaneFacts,
  lines: Readonly<Record<"history" | "shown" | "behind", readonly string[]>>,
): string {
  const number = (fact: Fact): number => Number(facts[fact]) || 0;
  const height = number("pane_height") || 1;
  const alternate = facts.alternate_on === "1";
  const normal = alternate ? lines.behind : lines.shown;
  const goTo = (x: number, y: number): string => `\x1b[${y + 1};${x + 1}H`;
  const set = (fact: Fact, on: string): string => (facts[fact] === "1" ? on : "");
  // Without history tmux answers with the first line of the screen.
  const history = number("history_size") === 0 ? [] : lines.history;
  const upper = number("scroll_region_upper");
  const lower = number("scroll_region_lower");
  const region = lower > upper && (upper > 0 || lower < height - 1) ? `\x1b[${upper + 1};${lower + 1}r` : "";
  const origin = facts.origin_flag === "1";
  return [
    // tmux gives line drawing as letters of the second character set.
    "\x1b)0",
    history.map((line) => `${line}\x1b[m\r\n`).join(""),
    normal.join("\r\n"),
    "\x1b[m",
    alternate
      ? `${goTo(number("alternate_saved_x"), number("alternate_saved_y"))}\x1b[?1049h\x1b[H${lines.shown.join("\r\n")}\x1b[m`
      : "",
    "\x1b)B",
    region,
    origin ? "\x1b[?6h" : "",
    goTo(number("cursor_x"), number("cursor_y") - (origin ? upper : 0)),
    set("insert_flag", "\x1b[4h"),
    set("keypad_cursor_flag", "\x1b[?1h"),
    set("keypad_flag", "\x1b="),
    facts.wrap_flag === "0" ? "\x1b[?7l" : "",
    set("mouse_standard_flag", "\x1b[?1000h"),
    set("mouse_button_flag", "\x1b[?1002h"),
    set("mouse_all_flag", "\x1b[?1003h"),
    set("mouse_sgr_flag", "\x1b[?1006h"),
    set("bracket_paste_flag", "\x1b[?2004h"),
    facts.cursor_flag === "0" ? "\x1b[?25l" : "",
  ].join("");
}
