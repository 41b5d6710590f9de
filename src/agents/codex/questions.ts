import type { Question } from "../agent.ts";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import type { Ask } from "./asks.ts";

/** `item/tool/requestUserInput`: questions with choices. Codex takes one choice or a free text for each. */
export function askQuestions(id: string, params: JsonObject): Ask {
  const questions = asList(params.questions).map((each, index) => readQuestion(asObject(each), index));
  return {
    request: { kind: "questions", id, questions },
    grants: [],
    result(answer) {
      // None answered: the reason comes as the person's own words.
      if (answer.kind === "deny") return { answers: {} };
      if (answer.kind !== "answers") return undefined;
      const answers = Object.entries(answer.answers).map(([question, texts]) => [
        question,
        { answers: texts },
      ]);
      return { answers: Object.fromEntries(answers) };
    },
  };
}

function readQuestion(question: JsonObject, index: number): Question {
  const header = asText(question.header);
  const options = asList(question.options).map((each) => {
    const option = asObject(each);
    const description = asText(option.description);
    return { label: asText(option.label) ?? "", ...(description && { description }) };
  });
  return {
    id: asText(question.id) ?? String(index),
    ...(header && { header }),
    text: asText(question.question) ?? "",
    options: options.filter(({ label }) => label !== ""),
    multiple: false,
  };
}
