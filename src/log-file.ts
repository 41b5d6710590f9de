import { closeSync, constants, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import { isStillNamed } from "./still-named.ts";

export interface LogFile {
  /** Adds a line. Never throws: a log that cannot be written must not end what it tells about. */
  write(line: string): void;
  close(): void;
}

const MOST_BYTES = 2_000_000;
const OLDER_FILES = 4;
/** Never through a link, and never waiting for the other end of a pipe. */
const APPEND =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0);

/**
 * A log file (0600) of bounded size: a full one gets the name `PATH.1`, the one before it `PATH.2`, and so on; the
 * oldest goes.
 */
export function createLogFile(path: string, mostBytes = MOST_BYTES): LogFile {
  let file: number | undefined;
  let size = 0;

  function open(): number {
    const opened = openSync(path, APPEND, 0o600);
    size = fstatSync(opened).size;
    return opened;
  }

  function rotate(): void {
    close();
    for (let number = OLDER_FILES; number > 0; number--) {
      try {
        renameSync(number === 1 ? path : `${path}.${number - 1}`, `${path}.${number}`);
      } catch {
        // It is not there yet.
      }
    }
  }

  function close(): void {
    if (file !== undefined) closeSync(file);
    file = undefined;
  }

  return {
    write(line) {
      try {
        // Somebody may have removed it, or have put it aside.
        if (file !== undefined && !isStillNamed(path, fstatSync(file))) close();
        file ??= open();
        if (size >= mostBytes) {
          rotate();
          file = open();
        }
        size += writeSync(file, `${line}\n`);
      } catch {
        // The console has it.
      }
    },
    close,
  };
}
