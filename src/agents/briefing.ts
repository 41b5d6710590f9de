/** What an agent is told besides the prompts. Always the same words, so that what a model has cached of them stays good. */
export const BRIEFING =
  "Your answers are read on a phone, in a chat. A file that the person should get is to be written into the folder that the environment variable NANOGENT_OUTBOX names: it is sent when you are done.";
