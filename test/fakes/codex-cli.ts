import { fakeClaude, type Step } from "./claude-cli.ts";

export const THREAD = "01a212bc-a7e2-7f82-81f4-6c31da824425";
export const TURN = "01a212bc-a84b-77e3-91ee-c7e123dd112f";

/**
 * Writes a stand-in for Codex into a folder: a program that plays a script of JSON-RPC lines, for what the real one cannot be
 * made to do. Its player is the one of `fakeClaude`. Returns its path, to be used as the `binary`.
 *
 * ```ts
 * const binary = await fakeCodex(dir, [...opened(), delta("Hi"), completed()]);
 * ```
 */
export function fakeCodex(dir: string, steps: readonly Step[]): Promise<string> {
  return fakeClaude(dir, steps);
}

/** From the program's start to the turn's. The calls are numbered in their order. */
export function opened(method = "thread/start"): readonly Step[] {
  return [
    { expect: { method: "initialize", id: 1 } },
    result(1, { userAgent: "fake" }),
    { expect: { method: "config/read", id: 2 } },
    result(2, { config: {} }),
    { expect: { method, id: 3 } },
    result(3, { thread: { id: THREAD }, model: "fake-model" }),
    { expect: { method: "turn/start", id: 4 } },
    result(4, { turn: { id: TURN, status: "inProgress" } }),
    notify("turn/started", { turn: { id: TURN, status: "inProgress" } }),
  ];
}

export function result(id: number, value: object): Step {
  return { line: { id, result: value } };
}

export function refusal(id: number, message: string, code = -32600): Step {
  return { line: { id, error: { code, message } } };
}

/** A notification about the thread, unless the parameters name another one. */
export function notify(method: string, params: object): Step {
  return { line: { method, params: { threadId: THREAD, turnId: TURN, ...params } } };
}

export function asks(id: number | string, method: string, params: object): Step {
  return { line: { id, method, params: { threadId: THREAD, turnId: TURN, ...params } } };
}

export function delta(text: string, itemId = "msg_1"): Step {
  return notify("item/agentMessage/delta", { itemId, delta: text });
}

export function completed(status = "completed", error: object | null = null): Step {
  return notify("turn/completed", { turn: { id: TURN, status, error, durationMs: 5 } });
}
