import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { ImageInput } from "../agents/agent.ts";
import type { ProjectPaths } from "../project.ts";
import { uploadedFiles } from "./uploaded.ts";

/** What the model's service takes (https://docs.claude.com/en/docs/build-with-claude/vision). */
const LARGEST = 3_750_000;
const MOST_IMAGES = 10;

/** The pictures among the files of a prompt, for an agent that can look at them. What cannot be read is left out. */
export async function promptImages(
  files: readonly string[],
  paths: Pick<ProjectPaths, "folder" | "uploads">,
): Promise<readonly ImageInput[]> {
  const images: ImageInput[] = [];
  for (const file of uploadedFiles(files, paths)) {
    const image = images.length < MOST_IMAGES ? await readImage(resolve(paths.folder, file)) : undefined;
    if (image) images.push(image);
  }
  return images;
}

async function readImage(path: string): Promise<ImageInput | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile() || found.size > LARGEST) return undefined;
      const bytes = await file.readFile();
      const mediaType = mediaTypeOf(bytes);
      return mediaType && { mediaType, base64: bytes.toString("base64") };
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** By its first bytes: a name can be anything, and the model's service refuses what is named wrongly. */
function mediaTypeOf(bytes: Buffer): ImageInput["mediaType"] | undefined {
  const begins = (hex: string, at = 0): boolean => bytes.toString("hex", at, at + hex.length / 2) === hex;
  if (begins("89504e470d0a1a0a")) return "image/png";
  if (begins("ffd8ff")) return "image/jpeg";
  if (begins("474946383761") || begins("474946383961")) return "image/gif";
  if (begins("52494646") && begins("57454250", 8)) return "image/webp";
  return undefined;
}
