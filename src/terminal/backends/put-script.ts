import { extname } from "node:path";
import { BackendError } from "../pty.ts";
import { TERMINAL_VARIABLE } from "./end-in-container.ts";

/** Where a file is now: its folder, and the name that it got there. */
export interface PutFile {
  readonly folder: string;
  readonly name: string;
}

const MOST_OF_A_NAME = 1_000;

/**
 * Takes a file from stdin, into the folder of the terminal with this mark, where one can be found, else into that where the
 * shell is. Nothing is overwritten (`set -C`), and of what has not come whole nothing is left.
 */
const SCRIPT = `
if [ -n "$4" ]; then
  for entry in /proc/[0-9]*; do
    tr '\\0' '\\n' 2>/dev/null <"$entry/environ" | grep -qxF "${TERMINAL_VARIABLE}=$4" || continue
    front=$(sed 's/.*) //' "$entry/stat" 2>/dev/null | cut -d ' ' -f 6)
    cd -P "/proc/$front/cwd" 2>/dev/null && break
  done
fi
number=1
name=$1$2
until (set -C; : >"./$name") 2>/dev/null; do
  [ -e "./$name" ] || [ -L "./$name" ] || { echo "No file can be made in $(pwd -P)." >&2; exit 1; }
  number=$((number + 1))
  [ "$number" -le ${MOST_OF_A_NAME} ] || { echo "There are too many files called $1$2." >&2; exit 1; }
  name=$1-$number$2
done
trap 'rm -f "./$name"; exit 1' HUP INT TERM
head -c "$3" >"./$name"
if [ "$(wc -c <"./$name")" -ne "$3" ]; then
  rm -f "./$name"
  echo "It did not arrive whole: the connection was cut, or the disk is full." >&2
  exit 1
fi
pwd -P
printf '%s\\n' "$name"`;

/** The words of the command that takes a file of this name and size. @param mark empty where there is none to look for */
export function putCommand(name: string, size: number, mark: string): readonly string[] {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  return ["/bin/sh", "-c", SCRIPT, "sh", stem, extension, String(size), mark];
}

/** What that command has said. @param place for people @throws BackendError when it has failed */
export function putAnswer(stdout: string, stderr: string, place: string): PutFile {
  // What the login says before it belongs to neither.
  const [folder, name] = stdout.trimEnd().split("\n").slice(-2);
  if (folder?.startsWith("/") && name) return { folder, name };
  const reason = stderr.trim().split("\n").at(-1) ?? "";
  throw new BackendError(`${place} has not taken the file: ${reason || "it does not answer."}`);
}
