import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One thing that the stand-in does. It goes to the next when it is done. */
export type Step =
  /** Writes an object as a line of JSON. */
  | { readonly line: object }
  /** Writes text as it is, without a line end. */
  | { readonly raw: string }
  /** Writes text one byte at a time, each in a write of its own. */
  | { readonly bytewise: string }
  /** Writes a line many times, as fast as it is read. */
  | { readonly repeat: object; readonly times: number }
  /** Writes a line that is `bytes` long, with a long text in place of "LONG". */
  | { readonly long: object; readonly bytes: number }
  | { readonly stderr: string }
  /** Waits for a line on stdin with these fields, at any depth. Lines are used up in their order. */
  | { readonly expect: object }
  /** Waits for the prompt, and writes it back as a whole answer. */
  | { readonly echo: true }
  /** Says "here" by creating one file, and waits for another one. Names are relative to the folder of the stand-in. */
  | { readonly gate: string; readonly until: string }
  | { readonly sleep: number }
  /** Lets a shell run something in the folder that it works in. */
  | { readonly shell: string }
  /** Starts a process that inherits stdout and stays; writes its pid to a file. */
  | { readonly grandchild: "group" | "session"; readonly pidFile: string }
  /** Reads nothing more. */
  | { readonly closeStdin: true }
  | { readonly ignoreTerm: true }
  /** Stays until it is killed. */
  | { readonly stay: true }
  | { readonly kill: NodeJS.Signals }
  | { readonly exit: number };

/**
 * Steps for every start, or for the prompts that contain a text; "" fits every prompt. The first that fits counts. Those of
 * `initialize` are played before there is a prompt.
 */
export type Scenario = readonly Step[] | { readonly [promptPart: string]: readonly Step[] };

/** One start of the stand-in, as it saw it. */
export interface Start {
  readonly pid: number;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The lines that it has read from stdin so far. */
  readonly input: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Writes a stand-in for Claude Code into a folder: a program that plays a script, for what the real one cannot be
 * made to do. Returns its path, to be used as the `binary`. After the last step it waits for the end of stdin and
 * ends with code 0. Call it again to change the script of the next starts.
 *
 * ```ts
 * const binary = await fakeClaude(dir, [init(), ...answer("Hi"), success()]);
 * const binary = await fakeClaude(dir, { weather: [...], "": [{ echo: true }] });
 * ```
 */
export async function fakeClaude(dir: string, scenario: Scenario): Promise<string> {
  const path = join(dir, "claude");
  const player = fileURLToPath(new URL("./claude-cli-player.cjs", import.meta.url));
  await writeFile(join(dir, "claude.scenario.json"), JSON.stringify(scenario));
  await writeFile(path, `#!${process.execPath}\nrequire(${JSON.stringify(player)}).play(__dirname);\n`);
  await chmod(path, 0o755);
  return path;
}

/** The starts so far of the stand-in in a folder, oldest first. */
export async function starts(dir: string): Promise<readonly Start[]> {
  const log = await readFile(join(dir, "claude.log"), "utf8").catch(() => "");
  const records = log
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return records
    .filter((record) => record.args)
    .map((start) => ({
      ...start,
      input: records.filter((record) => record.from === start.pid).map((record) => record.input),
    }));
}

export const SESSION = "11111111-2222-4333-8444-555555555555";

/** `system/init`, which comes first. */
export function init(fields: object = {}): Step {
  return { line: { type: "system", subtype: "init", session_id: SESSION, model: "fake-model", ...fields } };
}

/** A text block as the model's stream tells it, without its whole form. */
export function streamed(...deltas: readonly string[]): readonly Step[] {
  return [
    streamEvent({ type: "message_start", message: { id: "msg_1", usage: { input_tokens: 10 } } }),
    streamEvent({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    ...deltas.map((text) => streamEvent(textDelta(text))),
    streamEvent({ type: "content_block_stop", index: 0 }),
  ];
}

/** A text block in full, as it comes after its deltas. */
export function whole(text: string, id = "msg_1"): Step {
  return assistant([{ type: "text", text }], id);
}

/** A text block as it usually comes: deltas, then the whole. */
export function answer(...deltas: readonly string[]): readonly Step[] {
  return [...streamed(...deltas), whole(deltas.join(""))];
}

export function assistant(content: readonly object[], id = "msg_1", parent: string | null = null): Step {
  return {
    line: { type: "assistant", message: { id, role: "assistant", content }, parent_tool_use_id: parent },
  };
}

export function toolUse(name: string, input: object, id = "toolu_1", parent: string | null = null): Step {
  return assistant([{ type: "tool_use", id, name, input }], "msg_tool", parent);
}

export function toolResult(content: unknown, isError = false, id = "toolu_1"): Step {
  const result = { tool_use_id: id, type: "tool_result", content, is_error: isError };
  return { line: { type: "user", message: { role: "user", content: [result] }, parent_tool_use_id: null } };
}

/** Asks for a permission. */
export function canUseTool(tool: string, input: object, id = "req_1", fields: object = {}): Step {
  const request = { subtype: "can_use_tool", tool_name: tool, input, tool_use_id: "toolu_1", ...fields };
  return { line: { type: "control_request", request_id: id, request } };
}

/** A good `result`, which ends a turn. */
export function success(result = "", fields: object = {}): Step {
  return {
    line: {
      ...{ type: "result", subtype: "success", is_error: false, duration_ms: 5, num_turns: 1, result },
      ...{ session_id: SESSION, total_cost_usd: 0.5, usage: { input_tokens: 10, output_tokens: 5 } },
      ...fields,
    },
  };
}

/** A `result` that reports an error. */
export function failure(result: string, fields: object = {}): Step {
  return success(result, { is_error: true, ...fields });
}

export function streamEvent(event: object, parent: string | null = null): Step {
  return { line: { type: "stream_event", event, session_id: SESSION, parent_tool_use_id: parent } };
}

export function textDelta(text: string): object {
  return { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } };
}
