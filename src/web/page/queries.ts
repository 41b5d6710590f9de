import type { Terminal } from "@xterm/xterm";

/**
 * Keeps this terminal from answering what a program asks its terminal. Many may watch, and what is shown may be long
 * past: the answers would be typed into the shell. The screen beside the program answers, once.
 */
export function leaveQueriesToServer({ parser }: Terminal): void {
  const silently = (): boolean => true;
  const isQuery = (data: string): boolean => data.split(";").includes("?");
  for (const id of [
    { final: "c" },
    { prefix: ">", final: "c" },
    { prefix: "=", final: "c" },
    { prefix: ">", final: "q" },
    { final: "n" },
    { prefix: "?", final: "n" },
    { intermediates: "$", final: "p" },
    { prefix: "?", intermediates: "$", final: "p" },
  ])
    parser.registerCsiHandler(id, silently);
  parser.registerDcsHandler({ intermediates: "$", final: "q" }, silently);
  for (const id of [4, 10, 11, 12]) parser.registerOscHandler(id, isQuery);
}
