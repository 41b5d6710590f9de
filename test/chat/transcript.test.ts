import assert from "node:assert/strict";
import test from "node:test";
import type { TranscriptEntry } from "../../src/agents/sessions.ts";
import { createTranscript } from "../../src/chat/transcript.ts";

const redact = (text: string): string => text.replaceAll("s3cret", "••••••");

function written(entries: readonly TranscriptEntry[], mostBytes?: number): string | undefined {
  const transcript = createTranscript("Title s3cret", "claude", redact, mostBytes);
  for (const entry of entries) transcript.add(entry);
  return transcript.markdown();
}

test("a transcript: one heading for each speaker, tools as a list, secrets blotted out", () => {
  assert.equal(written([]), undefined);
  assert.equal(written([{ kind: "answer", text: " " }]), undefined);
  assert.equal(
    written([
      { kind: "prompt", text: "fix it with s3cret\n" },
      { kind: "prompt", text: "now" },
      { kind: "answer", text: "I look." },
      { kind: "tool", name: "Bash", summary: "echo `s3cret`" },
      { kind: "tool", name: "Compact", summary: "" },
      { kind: "answer", text: "**Done.**" },
      { kind: "prompt", text: "thanks" },
    ]),
    [
      "# Title ••••••\n\n## Prompt\n\nfix it with ••••••\n\n## Prompt\n\nnow\n\n## claude\n\nI look.\n",
      "- 🔧 Bash `echo '••••••'`\n- 🔧 Compact\n\n**Done.**\n\n## Prompt\n\nthanks\n",
    ].join("\n"),
  );
});

test("of a transcript that is too long the end is kept, and it says so", () => {
  const entries = Array.from({ length: 100 }, (_, n) => ({ kind: "prompt", text: `prompt ${n}` }) as const);
  const text = written(entries, 500) ?? "";
  assert.match(text, /^# Title ••••••\n\n\(The beginning is left out: it would be too long\.\)\n/);
  assert.ok(text.endsWith("prompt 99\n") && !text.includes("prompt 50\n") && text.length < 600, text);
});
