import type { ServerResponse } from "node:http";
import { type FileRules, openOutgoing, RefusedFileError } from "../files/outgoing-file.ts";
import { readOutgoing } from "../files/read-outgoing.ts";
import { HttpError, SAFE_HEADERS } from "./http-error.ts";

/**
 * Answers with a file of the project, by the rules for what is sent to the chat.
 * @throws HttpError
 */
export async function sendFile(response: ServerResponse, path: string, rules: FileRules): Promise<void> {
  const { name, bytes } = await read(path, rules);
  response.writeHead(200, {
    ...SAFE_HEADERS,
    // Never shown by the browser: a page of the project would be one of ours there.
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}`,
    "Content-Length": bytes.length,
  });
  response.end(bytes);
}

async function read(path: string, rules: FileRules) {
  try {
    return await readOutgoing(await openOutgoing(path, rules), rules.secrets);
  } catch (error) {
    if (!(error instanceof RefusedFileError)) throw error;
    throw new HttpError(403, "not-sent", error.message);
  }
}

/** RFC 8187 allows fewer characters than `encodeURIComponent` leaves. */
function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
