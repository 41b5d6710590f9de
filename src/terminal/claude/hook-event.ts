import { asList, asObject, asText, type JsonObject } from "../../agents/json.ts";

/** What Claude Code tells by a hook. `prompt` names the turn in which it happens. */
export type HookEvent = { readonly prompt: string } & (
  | { readonly kind: "permission"; readonly tool: string; readonly input: JsonObject }
  | { readonly kind: "prompted" }
  | { readonly kind: "finished"; readonly text: string; readonly inBackground: number }
  /** It waits for the person; with words when it is not just for the next prompt. */
  | { readonly kind: "waiting"; readonly words: string | undefined }
  | { readonly kind: "ended" }
);

/** Of the notifications, those for which somebody has to come. */
const WAITING: ReadonlySet<unknown> = new Set([
  "idle_prompt",
  "permission_prompt",
  "worker_permission_prompt",
  "elicitation_dialog",
]);

/** Reads what a hook gets on stdin (https://docs.claude.com/en/docs/claude-code/hooks#hook-input); undefined for what is of no use here. */
export function readHookEvent(event: JsonObject): HookEvent | undefined {
  const prompt = asText(event.prompt_id) ?? "";
  switch (event.hook_event_name) {
    case "PermissionRequest": {
      const tool = asText(event.tool_name);
      return tool === undefined
        ? undefined
        : { kind: "permission", prompt, tool, input: asObject(event.tool_input) };
    }
    case "UserPromptSubmit":
      return { kind: "prompted", prompt };
    case "Stop": {
      const inBackground = asList(event.background_tasks).length;
      return { kind: "finished", prompt, text: asText(event.last_assistant_message) ?? "", inBackground };
    }
    case "Notification": {
      const { notification_type: type, message } = event;
      if (!WAITING.has(type)) return undefined;
      return { kind: "waiting", prompt, words: type === "idle_prompt" ? undefined : asText(message) };
    }
    case "SessionEnd":
      return { kind: "ended", prompt };
    default:
      return undefined;
  }
}
