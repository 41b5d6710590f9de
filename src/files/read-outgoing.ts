import { SHORTEST_SECRET } from "../secrets.ts";
import { type OutgoingSource, RefusedFileError } from "./outgoing-file.ts";

/** The content of a file that is to be sent, and whether it is shown as a picture. */
export interface OutgoingContent {
  readonly name: string;
  readonly bytes: Buffer;
  readonly picture: boolean;
}

const CHUNK_BYTES = 1024 * 1024;
/** https://core.telegram.org/bots/api#sendphoto */
const LARGEST_PICTURE = 10_000_000;
/** What a picture that the chat can show is named like. */
export const PICTURE = /\.(?:png|jpe?g|webp)$/i;

/**
 * Reads an open file in pieces, and closes it.
 * @throws RefusedFileError when one of the secrets is in it, or when it grows while it is read.
 */
export async function readOutgoing(
  source: OutgoingSource,
  secrets: readonly string[],
): Promise<OutgoingContent> {
  const { handle, path, size } = source;
  try {
    const bytes = Buffer.alloc(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await handle.read(bytes, length, Math.min(CHUNK_BYTES, size - length), length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    const content = bytes.subarray(0, length);
    if (length === 0) throw new RefusedFileError(`${path} is empty.`);
    refuseSecrets(content, path, secrets);
    const picture = PICTURE.test(path) && length <= LARGEST_PICTURE;
    return { name: path.split("/").at(-1) ?? path, bytes: content, picture };
  } finally {
    await handle.close();
  }
}

/** A file goes as it is: what is blotted out in a text would make another file of it. */
function refuseSecrets(bytes: Buffer, path: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    if (secret.length < SHORTEST_SECRET) continue;
    // As it stands in JSON, too.
    const shapes = new Set([secret, JSON.stringify(secret).slice(1, -1)]);
    if (![...shapes].some((shape) => bytes.includes(shape))) continue;
    throw new RefusedFileError(
      `${path} is not sent: one of the secret values of the settings or of /secret is in it.`,
    );
  }
}
