import type { Random } from "./random.ts";

/** A command for the shell agent that writes its number into `ran.log` when it runs, and says lines that can be told apart. */
export interface Prompt {
  readonly number: number;
  readonly chatId: number;
  readonly command: string;
  /** How many lines its answer has. */
  readonly lines: number;
}

interface Kind {
  readonly lines: number;
  command(number: number): string;
}

const said = (number: number, lines: number): string => `seq -f 'answer-${number};%g.' ${lines}`;

const KINDS: readonly (readonly [weight: number, kind: Kind])[] = [
  [70, { lines: 1, command: (number) => `echo 'answer-${number};1.'` }],
  [12, { lines: 1, command: (number) => `sleep 0.05; echo 'answer-${number};1.'` }],
  [8, { lines: 1, command: (number) => `echo 'answer-${number};1.'; exit 3` }],
  // Two or three messages.
  [5, { lines: 500, command: (number) => said(number, 500) }],
  // A message and a file.
  [1, { lines: 1_500, command: (number) => said(number, 1_500) }],
  // Leaves processes behind, one of them in a session of its own.
  [4, { lines: 1, command: (number) => `sleep 300 & setsid sleep 300 & echo 'answer-${number};1.'` }],
];

/** Long enough for something to happen meanwhile. */
const SLOW: Kind = { lines: 1, command: (number) => `sleep 1.5; echo 'answer-${number};1.'` };

/**
 * @param chatIds The chats in the order of the prompts; a chat that comes more often gets more of them. @param slow The
 * indexes of those that take their time.
 */
export function makePrompts(
  count: number,
  chatIds: readonly number[],
  slow: readonly number[],
  random: Random,
): Prompt[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const kind = random.weighted(KINDS);
    const { lines, command } = slow.includes(index) ? SLOW : kind;
    return {
      number,
      chatId: chatIds[index % chatIds.length] ?? 0,
      command: `echo ${number} >> ran.log; ${command(number)}`,
      lines,
    };
  });
}

/** The number of the prompt with this command. */
export function numberOf(command: string): number {
  return Number(/echo (\d+) >> ran\.log/.exec(command)?.[1]);
}
