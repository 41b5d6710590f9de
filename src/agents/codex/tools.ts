import type { AgentEvent } from "../agent.ts";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { toolError, toolSummary } from "../tool-summary.ts";
import { commandScript } from "./shell-words.ts";

interface Described {
  readonly name: string;
  /** What `toolSummary` makes a line of. */
  readonly input: JsonObject;
}

/** Reports what a turn does besides talking, each item once at its start and once at its end. */
export function codexTools(cwd: string, emit: (event: AgentEvent) => void) {
  const running = new Set<string>();
  const begin = (id: string, { name, input }: Described): void => {
    running.add(id);
    emit({ kind: "tool-start", id, name, summary: summaryOf(input, cwd) });
  };
  return {
    started(item: JsonObject): void {
      const id = asText(item.id);
      const described = describe(item);
      if (id === undefined || !described || running.has(id)) return;
      // What is searched for is told only at the end.
      if (item.type === "webSearch" && !asText(item.query)) return;
      begin(id, described);
    },
    ended(item: JsonObject): void {
      const id = asText(item.id);
      const described = describe(item);
      if (id === undefined || !described) return;
      if (!running.has(id)) begin(id, described);
      running.delete(id);
      const error = errorOf(item);
      if (error === undefined) emit({ kind: "tool-end", id, ok: true });
      else emit({ kind: "tool-end", id, ok: false, error: toolError(error) });
    },
  };
}

/** What a tool did, in a name and one line. Undefined for an item that is no tool, or none that we know. */
export function toolLine(item: JsonObject, cwd: string): { name: string; summary: string } | undefined {
  const described = describe(item);
  return described && { name: described.name, summary: summaryOf(described.input, cwd) };
}

/** Undefined for an item that is no tool, or none that we know. */
function describe(item: JsonObject): Described | undefined {
  switch (item.type) {
    case "commandExecution":
      return { name: "Shell", input: { command: commandScript(asText(item.command) ?? "") } };
    case "fileChange":
      return { name: "Edit", input: { changes: item.changes } };
    case "mcpToolCall":
      return { name: `${asText(item.server)}.${asText(item.tool)}`, input: asObject(item.arguments) };
    case "dynamicToolCall":
      return { name: asText(item.tool) ?? "tool", input: asObject(item.arguments) };
    case "collabAgentToolCall":
      return { name: asText(item.tool) ?? "agent", input: { prompt: item.prompt } };
    case "webSearch":
      return { name: "WebSearch", input: { query: item.query } };
    case "imageView":
      return { name: "View", input: { file_path: item.path } };
    case "imageGeneration":
      return { name: "Image", input: { prompt: item.revisedPrompt } };
    case "contextCompaction":
      return { name: "Compact", input: {} };
  }
  return undefined;
}

function summaryOf(input: JsonObject, cwd: string): string {
  if (input.changes === undefined) return toolSummary(input, cwd);
  const paths = asList(input.changes).map((change) => toolSummary({ file_path: asObject(change).path }, cwd));
  return toolSummary({ description: paths.join(", ") }, cwd);
}

/** What went wrong, with the code in the first line; undefined when nothing did. */
function errorOf(item: JsonObject): string | undefined {
  if (item.status === "declined") return "not allowed";
  if (item.status !== "failed" && item.success !== false) return undefined;
  if (item.type === "commandExecution") {
    const code = typeof item.exitCode === "number" ? `Exit code ${item.exitCode}` : "Not run";
    return `${code}\n${asText(item.aggregatedOutput) ?? ""}`;
  }
  return asText(asObject(item.error).message) ?? "failed";
}
