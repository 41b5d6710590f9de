import { randomUUID } from "node:crypto";
import { lstatSync } from "node:fs";
import { open, rename, rm, writeFile } from "node:fs/promises";
import { basename, isAbsolute, join, sep } from "node:path";
import { ConfigError, readConfig } from "../config.ts";
import { captionPath, OUTBOX_VARIABLE, unfinishedPath } from "../files/outbox-folder.ts";
import { type FileRules, openOutgoing, RefusedFileError } from "../files/outgoing-file.ts";
import { readOutgoing } from "../files/read-outgoing.ts";
import { silentLog } from "../log.ts";
import { projectPaths } from "../project.ts";
import { safeName } from "../telegram/files.ts";
import { readSecrets } from "../vault.ts";
import { EXIT, type VerbCall } from "./verb.ts";

/** `nanogent send`: for the programs of a job, which have the folder of its files in their environment. */
export async function send({ words, values, around }: VerbCall): Promise<number> {
  const [given] = words;
  if (given === undefined) {
    around.stderr.write("Which file? Usage: nanogent send PATH [--caption TEXT]\n");
    return EXIT.usage;
  }
  const outbox = around.env[OUTBOX_VARIABLE];
  const folder = outbox === undefined ? undefined : projectOf(outbox);
  if (outbox === undefined || folder === undefined) {
    around.stderr.write(
      `nanogent send works within a job of the bot, which sets ${OUTBOX_VARIABLE}. From the chat, /get PATH sends a file.\n`,
    );
    return EXIT.usage;
  }
  try {
    const rules = rulesOf(folder, around.env);
    const path = isAbsolute(given) ? given : join(around.folder, given);
    const content = await readOutgoing(await openOutgoing(path, rules), rules.secrets);
    await put(content.bytes, basename(content.name), values.get("--caption") ?? "", outbox);
    around.stdout.write(`${given} is sent when the job ends.\n`);
    return EXIT.done;
  } catch (error) {
    const known = error instanceof RefusedFileError;
    around.stderr.write(
      `${known ? error.message : `${given} cannot be sent: ${(error as Error).message}`}\n`,
    );
    return EXIT.failed;
  }
}

/** The project of an outbox; undefined when it is none. */
function projectOf(outbox: string): string | undefined {
  const end = outbox.lastIndexOf(`${sep}.nanogent${sep}`);
  const isFolder = lstatSync(outbox, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return end > 0 && isAbsolute(outbox) && isFolder ? outbox.slice(0, end) : undefined;
}

function rulesOf(folder: string, env: NodeJS.ProcessEnv): FileRules {
  const settings = (): ReturnType<typeof readConfig> | undefined => {
    try {
      return readConfig(folder, env, { telegram: false });
    } catch (error) {
      if (error instanceof ConfigError) return error.rest;
      throw error;
    }
  };
  const config = settings();
  const given = readSecrets(projectPaths(folder).secrets, silentLog)?.values() ?? [];
  return { folder, deny: config?.denyFiles ?? [], secrets: [...(config?.secretValues ?? []), ...given] };
}

/** Whole or not at all: the job may be stopped at any moment. */
async function put(bytes: Uint8Array, name: string, caption: string, outbox: string): Promise<void> {
  const unfinished = unfinishedPath(outbox, randomUUID());
  await writeFile(unfinished, bytes, { mode: 0o600, flag: "wx" });
  try {
    const free = await reserve(safeName(name) || "file", outbox);
    if (caption !== "") await writeFile(captionPath(outbox, free), caption, { mode: 0o600 });
    await rename(unfinished, join(outbox, free));
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** A name that nothing has yet, taken by an empty file. */
async function reserve(name: string, outbox: string): Promise<string> {
  for (let copy = 1; ; copy++) {
    const free = copy === 1 ? name : name.replace(/(\.[^.]*)?$/, (ending) => `-${copy}${ending}`);
    try {
      await (await open(join(outbox, free), "wx", 0o600)).close();
      return free;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
