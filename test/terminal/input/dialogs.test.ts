import assert from "node:assert/strict";
import test from "node:test";
import { type Dialog, dialogOn } from "../../../src/terminal/input/dialogs.ts";

/** The end of a screen as the real programs draw it, with where they leave the cursor. */
interface Shown {
  readonly name: string;
  readonly rows: readonly string[];
  readonly cursor: readonly [column: number, row: number];
  /** Claude Code, Codex and Gemini hide it in their dialogs. */
  readonly isVisible?: true;
  readonly dialog: Dialog | undefined;
}

const RULE = "─".repeat(60);

const SHOWN: readonly Shown[] = [
  {
    name: "Claude Code 2.1.197 wants to run a command",
    rows: [
      "● Bash(touch foo.txt)",
      "  ⎿  Waiting…",
      RULE,
      " Bash command",
      "",
      "   touch foo.txt",
      "   Run shell command",
      "",
      " Do you want to proceed?",
      " ❯ 1. Yes",
      "   2. Yes, and always allow access to work/ from this project",
      "   3. No",
      "",
      " Esc to cancel · Tab to amend · ctrl+e to explain",
    ],
    cursor: [1, 9],
    dialog: { agent: "Claude Code", kind: "permission", question: "Do you want to proceed?" },
  },
  {
    name: "the same with the third choice marked",
    rows: [" Do you want to proceed?", "   1. Yes", "   2. Yes, always", " ❯ 3. No", "", " Esc to cancel"],
    cursor: [1, 3],
    dialog: { agent: "Claude Code", kind: "permission", question: "Do you want to proceed?" },
  },
  {
    name: "Claude Code asks whether the folder is trusted",
    rows: [
      " Accessing workspace:",
      " Quick safety check: Is this a project you created or one you trust? (Like your own code, a",
      " well-known open source project, or work from your team).",
      " Security guide",
      "",
      " ❯ 1. Yes, I trust this folder",
      "   2. No, exit",
      "",
      " Enter to confirm · Esc to cancel",
    ],
    cursor: [1, 5],
    dialog: {
      agent: "Claude Code",
      kind: "question",
      question: "Quick safety check: Is this a project you created or one you trust?",
    },
  },
  {
    name: "Codex 0.169.0 wants to run a command",
    rows: [
      "• Running touch foo.txt",
      "  Would you like to run the following command?",
      "  Environment: local",
      "  Reason: May I touch foo?",
      "",
      "  $ touch foo.txt",
      "",
      "› 1. Yes, proceed (y)",
      "  2. Yes, and don't ask again for commands that start with `touch foo.txt` (p)",
      "  3. No, and tell Codex what to do differently (esc)",
      "",
      "  Press enter to confirm or esc to cancel",
    ],
    cursor: [100, 11],
    dialog: { agent: "Codex", kind: "permission", question: "Would you like to run the following command?" },
  },
  {
    name: "the same on a phone",
    rows: [
      "  Would you like to run the following",
      "  command?",
      "",
      "  $ touch foo.txt",
      "",
      "› 1. Yes, proceed (y)",
      "  2. Yes, and don't ask again for",
      "     commands (p)",
      "",
      "  Press enter to confirm or esc to",
      "  cancel",
    ],
    cursor: [44, 10],
    dialog: { agent: "Codex", kind: "permission", question: "Would you like to run the following command?" },
  },
  {
    name: "the end of Claude Code's list of models on a phone, with its first choice gone",
    rows: [
      "    5. Haiku                  Haiku 4.5 ·",
      "                              Fastest for",
      "",
      "  ● High effort (default) ←/→ to adjust",
      "",
      "  Enter to set as default · s to use this",
      "  session only · Esc to cancel",
      "",
    ],
    cursor: [2, 0],
    dialog: { agent: undefined, kind: "question", question: "" },
  },
  {
    name: "the first choice of Claude Code alone, right after the screen has become smaller",
    rows: ["╌╌╌╌╌╌╌╌╌╌╌╌", " Do you want to create notes.txt?", " ❯ 1. Yes"],
    cursor: [1, 2],
    dialog: { agent: "Claude Code", kind: "permission", question: "Do you want to create notes.txt?" },
  },
  {
    name: "choices of Claude Code without room for a space",
    rows: [
      " Do you want to create notes.txt?",
      " ❯ 1. Yes",
      "   2.Yes, allow all edits during this",
      "     session (shift+tab)",
      "   3. No",
      "",
      " Esc to cancel · Tab to amend",
    ],
    cursor: [1, 1],
    dialog: { agent: "Claude Code", kind: "permission", question: "Do you want to create notes.txt?" },
  },
  {
    name: "Codex offers another model",
    rows: [
      "  Meet GPT-6 Sol",
      "",
      "  Our latest Sol is more intelligent and more efficient. This",
      "  model is a great daily driver for complex tasks, especially coding.",
      "",
      "› 1. Try new model",
      "  2. Use existing model",
      "",
      "  enter/esc confirm · ^c quit",
    ],
    cursor: [1, 5],
    dialog: {
      agent: "Codex",
      kind: "question",
      question: "Our latest Sol is more intelligent and more efficient. This",
    },
  },
  {
    name: "Claude Code's list of models, with a row below that begins like a choice of Gemini",
    rows: [
      "❯ /model",
      "",
      "  Select model",
      "  Switch between Claude models.",
      "",
      "  ❯ 1. Default (recommended) ✔  Use the default model",
      "                                per Mtok",
      "    2. Opus                     Opus 4.8 with 1M context",
      "",
      "  ● High effort (default) ←/→ to adjust",
      "",
      "  Enter to set as default · s to use this session only · Esc to cancel",
    ],
    cursor: [2, 5],
    dialog: { agent: "Claude Code", kind: "question", question: "Select model" },
  },
  {
    name: "Gemini asks whether the folder is trusted",
    rows: [
      " │ Do you trust the files in this folder?                     │",
      " │                                                            │",
      " │ ● 1. Trust folder (work)                                   │",
      " │   2. Trust parent folder (src)                             │",
      " │   3. Don't trust                                           │",
      " │                                                            │",
    ],
    cursor: [0, 5],
    dialog: { agent: "Gemini", kind: "question", question: "Do you trust the files in this folder?" },
  },
  {
    name: "Gemini wants to run a command",
    rows: [
      " │ ?  Shell touch foo.txt                                     │",
      " │ Allow execution of: 'touch'?                               │",
      " │                                                            │",
      " │ ● 1. Allow once                                            │",
      " │   2. Allow for this session                                │",
      " │   3. No, suggest changes (esc)                             │",
      " ╰────────────────────────────────────────────────────────────╯",
    ],
    cursor: [0, 6],
    dialog: { agent: "Gemini", kind: "permission", question: "Allow execution of: 'touch'?" },
  },
  {
    name: "a dialog that has no numbers",
    rows: ["  Which files?", "  [x] one", "  [ ] two", "", "  Enter to confirm · Esc to cancel"],
    cursor: [0, 4],
    dialog: { agent: undefined, kind: "question", question: "Which files?" },
  },
  {
    name: "Claude Code's empty input",
    rows: ["● ok", RULE, "❯ ", RULE, "  ? for shortcuts · ← for agents"],
    cursor: [2, 2],
    dialog: undefined,
  },
  {
    name: "a numbered list typed into Claude Code",
    rows: [RULE, "❯ 1. read it", "  2. fix it", RULE, "  ctrl+g to edit in Vim"],
    cursor: [11, 2],
    dialog: undefined,
  },
  {
    name: "a numbered list typed into Codex",
    rows: ["› 1. read it", "  2. fix it", "", "  GPT-5.5 default · /work"],
    cursor: [11, 1],
    dialog: undefined,
  },
  {
    name: "a numbered list that Claude Code was told before",
    rows: ["❯ 1. read it", "  2. fix it", "", "● Done", RULE, "❯ ", RULE, "  ? for shortcuts"],
    cursor: [2, 5],
    dialog: undefined,
  },
  {
    name: "Gemini with an answered dialog above its input",
    rows: [
      " │ Do you trust the files in this folder?                     │",
      " │ ● 1. Trust folder (work)                                   │",
      " │   2. Don't trust                                           │",
      " Shift+Tab to accept edits",
      " >   Type your message or @path/to/file",
      " /work          no sandbox             Auto",
    ],
    cursor: [3, 4],
    dialog: undefined,
  },
  {
    name: "Gemini at work",
    rows: [" > a", " ⠇ Thinking... (esc to cancel, 0s)", " >   Type your message", " /work   no sandbox"],
    cursor: [3, 2],
    dialog: undefined,
  },
  {
    name: "a shell that has printed a dialog",
    rows: ["$ cat old", "Do you want to proceed?", "❯ 1. Yes", "  2. No", "$ "],
    cursor: [2, 4],
    isVisible: true,
    dialog: undefined,
  },
  { name: "an empty screen", rows: [], cursor: [0, 0], dialog: undefined },
];

for (const { name, rows, cursor, isVisible, dialog } of SHOWN) {
  test(`${name}: ${dialog ? `a ${dialog.kind}` : "nothing is asked"}`, () => {
    const [column, row] = cursor;
    const look = {
      rows,
      cursor: { column, row, isHidden: isVisible !== true },
      line: "",
      isAlternate: false,
      position: 0,
    };
    assert.deepEqual(dialogOn(look), dialog);
  });
}
