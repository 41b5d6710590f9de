import type { IncomingMessage } from "node:http";
import { HttpError } from "./http-error.ts";

const LARGEST_JSON = { bytes: 64 * 1024, words: "64 kB" };

/** @throws HttpError when it is too large or no JSON object. */
export async function readJson(
  request: IncomingMessage,
  largest = LARGEST_JSON,
): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of limited(request, largest.bytes, largest.words)) chunks.push(chunk);
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  throw new HttpError(400, "bad-json", "The body has to be a JSON object.");
}

/**
 * The body as it comes.
 * @param limit in bytes; `words` is the same for people.
 * @throws HttpError (413) when it is larger, before anything is read where its length was announced.
 */
export async function* limited(
  request: IncomingMessage,
  limit: number,
  words: string,
): AsyncGenerator<Buffer> {
  const tooLarge = (): HttpError => new HttpError(413, "too-large", `This may have ${words} at most.`);
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge();
  let length = 0;
  // Leaving the loop must not cut the connection, on which the answer is still to go.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    yield chunk;
  }
}
