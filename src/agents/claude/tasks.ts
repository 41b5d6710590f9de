import { asObject, asText, type JsonObject } from "../json.ts";

/** Which tasks of Claude Code run in the background, as its `system` messages tell it. */
export function claudeTasks() {
  const running = new Map<string, string>();
  let ended: string | undefined;
  return {
    /** What they are, in the words of the program. */
    get running(): readonly string[] {
      return [...running.values()];
    },

    /** What the program says of the task that ended last, until it has had a turn about that. */
    get ended(): string | undefined {
      return ended;
    },

    /** A `system` message. */
    take(message: JsonObject): void {
      const id = asText(message.task_id) ?? "";
      switch (message.subtype) {
        case "task_started":
          running.set(id, asText(message.description) ?? "a task");
          return;
        case "task_updated": {
          const status = asText(asObject(message.patch).status);
          if (status !== undefined && !GOING_ON.has(status)) running.delete(id);
          return;
        }
        case "task_notification":
          running.delete(id);
          ended = asText(message.summary) ?? "A task in the background has ended.";
      }
    },

    /** A turn is over, and with it what was to be said about a task. */
    told(): void {
      ended = undefined;
    },
  };
}

const GOING_ON: ReadonlySet<string> = new Set(["pending", "running"]);
