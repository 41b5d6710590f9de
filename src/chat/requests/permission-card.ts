import type { AgentAnswer, PermissionRequest } from "../../agents/agent.ts";
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
  const wider: Choice[] = [
    ...(request.session ? [{ text: "✅ For this session", choice: "session" }] : []),
    ...(request.always ? [{ text: "✅ Always", choice: "always" }] : []),
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
      if (choice === "always" && request.always) return allow("always");
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
  const keeper =
    always?.keeper === "nanogent"
      ? " (kept by nanogent, since Claude Code does not trust this folder: run it here once at the desk to change that)"
      : "";
  const rule = always
    ? concat("Always would allow: ", styled("code", oneLine(always.rules.join(", "))), plain(keeper))
    : plain("");
  return join([head, styled("pre", shown, language ? { language } : {}), rule], "\n\n");
}
