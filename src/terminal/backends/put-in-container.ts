import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { findContainer } from "./containers.ts";
import { refused } from "./docker.ts";
import { dockerEngine } from "./engine-api.ts";
import { type PutFile, putAnswer, putCommand } from "./put-script.ts";

/**
 * Copies a file into a container: into the folder that the terminal with this mark is in, else its working folder.
 * @param path of the file, here; absolute
 * @throws BackendError
 */
export async function putInContainer(
  container: string,
  { path, name, mark }: { readonly path: string; readonly name: string; readonly mark: string },
  env: NodeJS.ProcessEnv,
): Promise<PutFile> {
  try {
    const engine = dockerEngine(env);
    const { id } = await findContainer(engine, container);
    const { size } = await stat(path);
    // As the program that it belongs to: the archive API would make it root's.
    const { Id } = (await engine.call("POST", `/containers/${id}/exec`, {
      ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true },
      Cmd: putCommand(name, size, mark),
    })) as { Id: string };
    const socket = await engine.hijack(`/exec/${Id}/start`, { Detach: false, Tty: false });
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    // A script that has refused reads no more.
    await pipeline(createReadStream(path), socket).catch(() => {});
    await closed;
    const [stdout, stderr] = halves(Buffer.concat(chunks));
    return putAnswer(stdout, stderr, container);
  } catch (error) {
    return refused(error);
  }
}

/** Both outputs come in frames: which, three zeros, a length, and so many bytes. */
function halves(bytes: Buffer): readonly [stdout: string, stderr: string] {
  const texts = ["", ""];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    const which = bytes.readUInt8(at) === 2 ? 1 : 0;
    texts[which] += bytes.toString("utf8", at + 8, end);
    at = end;
  }
  return [texts[0] ?? "", texts[1] ?? ""];
}
