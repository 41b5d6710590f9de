import type { AgentAnswer, PermissionRequest, ProposedRule } from "../../agents/agent.ts";
import { LONGEST_RULE } from "../../agents/lasting-rule.ts";
import { concat, join, plain, type RichText, styled } from "../../text/entities.ts";
import { type Card, type Choice, type Decision, oneLine } from "./card.ts";

type Scope = (AgentAnswer & { kind: "allow" })["scope"];

const ALLOWED: Readonly<Record<Scope, string>> = {
  once: "✅ Allowed once",
  session: "✅ Allowed for this session",
  always: "✅ Always allowed",
};

/** Whether a tool may do what it would do. */
export function permissionCard(request: PermissionRequest): Card<AgentAnswer> {
  const allow = (scope: Scope): Decision<AgentAnswer> => ({
    kind: "decided",
    answer: { kind: "allow", scope },
    verdict: ALLOWED[scope],
  });
  const deny = (reason: string): Decision<AgentAnswer> => ({
    kind: "decided",
    answer: { kind: "deny", reason },
    verdict: reason === "" ? "⛔ Denied" : `⛔ Denied (“${oneLine(reason)}”)`,
  });
  const lasting = request.always !== undefined && request.always.keeper !== "nobody";
  const wider: Choice[] = [
    ...(request.session ? [{ text: "✅ For this session", choice: "session" }] : []),
    ...(lasting ? [{ text: "✅ Always", choice: "always" }] : []),
  ];
  return {
    text: describe(request),
    fileName: request.language === "diff" ? "request.diff" : "request.txt",
    buttons: () => [
      [{ text: "✅ Allow once", choice: "once" }],
      ...(wider.length > 0 ? [wider] : []),
      [
        { text: "⛔ Deny", choice: "deny" },
        { text: "⛔ Deny and say why", choice: "why" },
      ],
    ],
    press(choice) {
      if (choice === "once") return allow("once");
      if (choice === "session" && request.session) return allow("session");
      if (choice === "always" && lasting) return allow("always");
      if (choice === "deny") return deny("");
      if (choice === "why") return { kind: "text", notice: "Write why: your next message is the reason." };
      return undefined;
    },
    take: (_choice, text) => deny(text.trim()),
    typed: (yes) => (yes ? allow("once") : deny("")),
  };
}

function describe({ tool, detail, language, reason, always }: PermissionRequest): RichText {
  const shown = detail.replace(/\n(?:[^\S\n]*\n){3,}/g, "\n\n… (empty lines)\n\n");
  const head = concat(
    "🔐 The agent wants to use ",
    styled("bold", oneLine(tool)),
    // In quotes and on one line: it is the agent's word, and must not look like ours.
    reason ? `: “${oneLine(reason)}”` : "",
  );
  const rule = always ? describeRule(always) : plain("");
  return join([head, styled("pre", shown, language ? { language } : {}), rule], "\n\n");
}

/** Whole, as long as nanogent is to keep it: nobody should allow for good what he has not seen. */
function describeRule({ rules, keeper }: ProposedRule): RichText {
  if (keeper === "nobody") {
    return plain(
      `It cannot be allowed for good: nanogent would have to keep a rule of several lines, or of more than ${LONGEST_RULE} characters. (Claude Code does not trust this folder: run it here once at the desk, and it keeps such rules itself.)`,
    );
  }
  const kept =
    keeper === "nanogent"
      ? " (kept by nanogent, since Claude Code does not trust this folder: run it here once at the desk to change that)"
      : "";
  return concat(
    "Always would allow: ",
    styled("code", rules.map((rule) => oneLine(rule, LONGEST_RULE)).join(", ")),
    plain(kept),
  );
}
