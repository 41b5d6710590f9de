import type { AgentAnswer, PlanRequest } from "../../agents/agent.ts";
import { join, plain } from "../../text/entities.ts";
import { markdown } from "../../text/markdown.ts";
import { type Card, type Decision, oneLine } from "./card.ts";

/** A plan that the agent has made: it is carried out only when somebody approves it. */
export function planCard({ plan }: PlanRequest): Card<AgentAnswer> {
  const approve = (edits: boolean): Decision<AgentAnswer> => ({
    kind: "decided",
    answer: { kind: "approve", edits },
    verdict: edits ? "✅ Approved, edits are accepted" : "✅ Approved",
  });
  const revise = (reason: string): Decision<AgentAnswer> => ({
    kind: "decided",
    answer: { kind: "deny", reason: reason || "The user does not approve this plan." },
    verdict: reason === "" ? "⛔ Not approved" : `✍ To be revised (“${oneLine(reason)}”)`,
  });
  return {
    text: join([plain("📋 The agent's plan:"), markdown(plan)], "\n\n"),
    fileName: "plan.md",
    buttons: () => [
      [{ text: "✅ Approve", choice: "approve" }],
      [{ text: "✅ Approve and accept edits", choice: "edits" }],
      [{ text: "✍ Revise …", choice: "revise" }],
    ],
    press(choice) {
      if (choice === "approve") return approve(false);
      if (choice === "edits") return approve(true);
      if (choice === "revise")
        return { kind: "text", notice: "Write what to change: your next message goes back." };
      return undefined;
    },
    take: (_choice, text) => revise(text.trim()),
    typed: (yes) => (yes ? approve(false) : revise("")),
  };
}
