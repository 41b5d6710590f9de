import type { Finding } from "./examination.ts";

/** Mends what can be mended, one after the other. @returns a line for each, also for what did not work. Never rejects. */
export async function mendAll(findings: readonly Finding[]): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, mend } of findings) {
    if (!mend) continue;
    try {
      lines.push(await mend());
    } catch (error) {
      lines.push(`Not mended (${name}): ${error instanceof Error ? error.message : String(error)}.`);
    }
  }
  return lines;
}
