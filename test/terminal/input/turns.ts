/** What both models' services for tests have in common. */
interface Model<Reply, Held> {
  untilRequest(count: number): Promise<{ readonly texts: readonly string[] }>;
  reply(...parts: readonly (Reply | { readonly text: string })[]): void;
  hold(): Held;
}

/** The turns of an agent in a terminal, which asks for other things in between. */
export interface Turns<Reply, Held> {
  /** All texts that the last turn's request came with. */
  asked(): readonly string[];
  /** Answers the next turn that has no answer yet; one that finds none is told `ok`. */
  reply(...parts: readonly (Reply | { readonly text: string })[]): void;
  /** The next turn's answer, when it is asked for. */
  hold(): Promise<Held>;
}

const FOR_A_TITLE = /Write the title|^Generate a concise|User prompt:\n/m;

/** Agents ask for a title in a request of its own, which takes no answer of a turn here. */
export function turnsOf<Reply, Held>(model: Model<Reply, Held>, signal: AbortSignal): Turns<Reply, Held> {
  const answers: (() => void)[] = [];
  let asked: readonly string[] = [];
  void (async () => {
    for (let count = 1; !signal.aborted; count++) {
      const { texts } = await model.untilRequest(count);
      const isTitle = FOR_A_TITLE.test(texts.at(-1) ?? "");
      if (!isTitle) asked = texts;
      const answer = isTitle ? undefined : answers.shift();
      if (answer) answer();
      else model.reply({ text: "ok" });
    }
  })();
  return {
    asked: () => asked,
    reply: (...parts) => void answers.push(() => model.reply(...parts)),
    hold: () => new Promise((resolve) => answers.push(() => resolve(model.hold()))),
  };
}
