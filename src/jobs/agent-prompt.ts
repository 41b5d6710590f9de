import { resolve } from "node:path";
import { previewOf } from "../files/preview.ts";
import { uploadedFiles } from "../files/uploaded.ts";
import type { ProjectPaths } from "../project.ts";
import { type Job, promptOf } from "./job.ts";
import { withoutEscape } from "./shell-command.ts";

/** More would bury the prompt. */
const MOST_PREVIEWS = 5;

/** What an agent that reads text is told: what the prompt replies to, the prompt, its files and how texts among them begin. */
export async function agentPrompt(
  job: Pick<Job, "parts" | "files">,
  paths: Pick<ProjectPaths, "folder" | "uploads">,
): Promise<string> {
  const quotes = job.parts.flatMap(({ quote }) => (quote === undefined ? [] : [quote]));
  const sent = uploadedFiles(job.files, paths);
  const beginnings: string[] = [];
  for (const file of sent.slice(0, MOST_PREVIEWS)) {
    const text = await previewOf(resolve(paths.folder, file));
    if (text !== undefined) beginnings.push(`${file} begins:\n${text.replace(/^/gm, "    ")}`);
  }
  return [...quotes, withoutEscape(promptOf(job)), ...beginnings].join("\n\n");
}
