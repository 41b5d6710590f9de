import { SESSION_ID } from "../../session-name.ts";
import { HOST, whereWord } from "../backends.ts";
import { markOf } from "../mark.ts";
import type { SessionRecord } from "../state-file.ts";
import type { TmuxServer } from "./server.ts";

/**
 * Sessions of the project's own server that no list names, since it was removed together with the state, as they are to be
 * taken over. Where they lead is not known any more; they run on this machine in any case.
 * @param known The ids of those that a list names. Never rejects.
 */
export async function strays(
  server: TmuxServer,
  project: string,
  known: readonly string[],
): Promise<readonly SessionRecord[]> {
  const format = "#{session_name} #{session_created} #{pane_current_command}";
  const told = await server.command(["list-sessions", "-F", format]).catch(() => "");
  return told.split("\n").flatMap((line) => {
    const [id = "", created, ...program] = line.split(" ");
    if (!SESSION_ID.test(id) || known.includes(id)) return [];
    return {
      ...{ id, name: id, label: `${program.join(" ") || "a program"} (found again)`, where: whereWord(HOST) },
      ...{ createdAt: Number(created) * 1_000, mark: markOf(project, id), persists: true },
    };
  });
}
