import { concat, type RichText, styled } from "../text/entities.ts";

/** What `/help shell` tells; `!` is no name of a command. */
export const SHELL_HELP: RichText = concat(
  styled("bold", "!command"),
  "\nRun a command in the shell, at once, also while the agent works.\n\n",
  "!git diff runs in the project's folder, and its output streams into the chat; a long one comes as a file. One command of a chat or topic runs after the other. /cancel stops it. Files that you send with it are $1, $2 and so on.\n\n",
  "What cd and export do lasts until the bridge ends, in bash, zsh, dash, ash and fish; in ksh unless the command ends with exit; in other shells it does not. Where the shell is the agent (/agent shell), every message is a command, and /new begins anew in the project's folder.\n\n",
  "A prompt for the agent that begins with ! is written as \\!\n\nFor owners only, in private chats; NANOGENT_SHELL=groups allows it in groups as well, off nowhere.",
);
