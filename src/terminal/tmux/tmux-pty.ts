import { randomBytes } from "node:crypto";
import { JOB_VARIABLE } from "../../agents/process/child-env.ts";
import { endTree } from "../../agents/process/tree.ts";
import { startTimeOf } from "../../process-identity.ts";
import { within } from "../../within.ts";
import { programOf } from "../host/launch.ts";
import { fromShellCode } from "../host/piped-pty.ts";
import { BackendError, type Pty, type PtyExit, type PtyRequest } from "../pty.ts";
import { ControlClient } from "./control-client.ts";
import { endMark } from "./end-mark.ts";
import { paneFacts, restore } from "./restore.ts";
import { type TmuxServer, target, word } from "./server.ts";

/** So that a line of input to tmux stays short. */
const INPUT_BYTES = 1_024;
/** How long a session whose program has ended waits for a bridge to ask for its code: a day. */
const KEPT_S = 86_400;
const ENDED = "ended-";
const COMING_MS = 10_000;
/** A tmux that does not answer must not keep a program from being ended. */
const ASKING_MS = 2_000;
const SECRET_OPTION = "@nanogent-secret";
const SECRET_VARIABLE = "NANOGENT_END_SECRET";

/**
 * Runs the program, tells how it has ended, and stays, so that the terminal does. It tells in two ways: behind the last
 * output, and by the window's name for a bridge that is started later. The program itself is not to know of tmux.
 * The secret comes in a variable: arguments can be read by every user of the machine, and whoever knows it can end the
 * terminal by what it shows.
 */
const WRAPPER = `trap : INT QUIT; secret=$${SECRET_VARIABLE}; unset ${SECRET_VARIABLE}; shell=$1; cd -- "$2"; shift 2
if [ -n "$shell" ]; then SHELL=$shell; export SHELL; else unset SHELL; fi
env -u TMUX -u TMUX_PANE -u TERM_PROGRAM -u TERM_PROGRAM_VERSION "$@"
code=$?
tmux rename-window -t "$TMUX_PANE" "${ENDED}$code"
printf '\\033]7717;%s;%s\\007' "$secret" "$code"
exec sleep ${KEPT_S}`;

/**
 * Starts a program in a session of the project's tmux server, where it outlives the bridge.
 * @param id Names the session; letters, digits and dashes.
 * @throws BackendError
 */
export async function openInTmux(server: TmuxServer, id: string, request: PtyRequest): Promise<Pty> {
  const { columns, rows, mark, onData } = request;
  await server.create(id, columns, rows);
  const secret = randomBytes(12).toString("hex");
  let pty: TmuxPty | undefined;
  try {
    pty = await connect(server, id, { mark, secret, onData });
    await begin(pty, id, secret, request);
    return pty;
  } catch (error) {
    pty?.client.drop();
    void server.end(id, pty?.client.closed ?? Promise.resolve());
    throw new BackendError(
      `tmux could not open a session: ${(error as Error).message}`,
      "NANOGENT_PERSIST=off does without tmux.",
    );
  }
}

async function begin(pty: TmuxPty, id: string, secret: string, request: PtyRequest): Promise<void> {
  const { columns, rows, cwd, mark } = request;
  await pty.client.command(`refresh-client -C ${columns},${rows}`);
  await pty.client.command(`set-option -t '${target(id)}' ${SECRET_OPTION} ${secret}`);
  const env: NodeJS.ProcessEnv = { ...request.env, [JOB_VARIABLE]: mark };
  const { SHELL = "" } = env;
  // On stdin: arguments can be seen by every user of the machine.
  const variables = Object.entries({ ...env, [SECRET_VARIABLE]: secret }).map(
    ([name, value]) => `-e ${word(`${name}=${value}`)}`,
  );
  const words = ["/bin/sh", "-c", WRAPPER, "sh", SHELL, cwd, ...programOf(request.command, env)];
  pty.live();
  await pty.client.command(
    `respawn-pane -k -t '${target(id)}' ${variables.join(" ")} -- ${words.map(word).join(" ")}`,
  );
}

/**
 * Takes over a session of an earlier life of the bridge: what it shows comes first.
 * @throws Error when it is gone, or tmux does not answer; then it goes on as before.
 */
export async function findInTmux(
  server: TmuxServer,
  id: string,
  { mark, onData }: Pick<PtyRequest, "mark" | "onData">,
): Promise<{ readonly pty: Pty; readonly columns: number; readonly rows: number; readonly shown: Buffer }> {
  await server.dropClients(id);
  const secret = (await server.command(["show-options", "-v", "-t", target(id), SECRET_OPTION])).trim();
  const pty = await connect(server, id, { mark, secret, onData });
  const { facts, bytes } = await restore(pty.client, id, pty.live).catch((error) => {
    pty.client.drop();
    throw error;
  });
  if (facts.window_name.startsWith(ENDED)) pty.end(Number(facts.window_name.slice(ENDED.length)));
  return { pty, columns: Number(facts.pane_width), rows: Number(facts.pane_height), shown: bytes };
}

interface TmuxPty extends Pty {
  readonly client: ControlClient;
  /** From now on the output is handed on. */
  live(): void;
  end(code: number): void;
}

/** @throws Error when the session is gone, or tmux does not answer. */
async function connect(
  server: TmuxServer,
  id: string,
  { mark, secret, onData }: { mark: string; secret: string; onData: (chunk: Buffer) => void },
): Promise<TmuxPty> {
  let isLive = false;
  let leaving = false;
  let killing: Promise<void> | undefined;
  let resolveExit: (exit: PtyExit) => void = () => {};
  const exited = new Promise<PtyExit>((resolve) => {
    resolveExit = resolve;
  });
  const mine = endMark(secret);
  const end = (code: number): void => {
    resolveExit(fromShellCode(code));
    void server.end(id, client.closed);
  };
  const client = await server.inTurn(async () => {
    const coming = new ControlClient({
      server,
      id,
      onOutput(chunk) {
        if (!isLive) return;
        const { bytes, code } = mine.push(chunk);
        if (bytes.length > 0) onData(bytes);
        if (code !== undefined) end(code);
      },
    });
    if (!(await within(Promise.race([coming.attached, coming.closed]), COMING_MS))) {
      coming.drop();
      throw new Error("tmux does not answer.");
    }
    return coming;
  });
  void client.closed.then(() => {
    if (!leaving && !killing)
      resolveExit({ code: undefined, reason: "Its tmux session is gone.", lost: true });
  });
  const kill = async (): Promise<void> => {
    client.resume();
    // Its session is to end in its turn, and not with the wrapper.
    await client.command(`set-option -w -t '${target(id)}' remain-on-exit on`, ASKING_MS).catch(() => {});
    const facts = await paneFacts(client, id, ASKING_MS).catch(() => undefined);
    const pid = Number(facts?.pane_pid);
    const startTime = pid > 0 ? startTimeOf(pid) : undefined;
    const isRunning = (): boolean => startTime !== undefined && startTimeOf(pid) === startTime;
    await endTree(startTime === undefined ? { jobId: mark } : { jobId: mark, root: { pid, isRunning } });
    const ended = server.end(id, client.closed).then(() => client.detach());
    // Without an answer there is nothing to wait for: the program is gone, and tmux drops the rest when it goes on.
    if (facts) await ended;
    resolveExit({ code: undefined, reason: "It was closed." });
  };
  return {
    client,
    pid: undefined,
    answersQueries: true,
    programPid: async () => Number((await paneFacts(client, id, ASKING_MS)).pane_pid) || undefined,
    live() {
      isLive = true;
    },
    end,
    async write(bytes) {
      for (let from = 0; from < bytes.length; from += INPUT_BYTES) {
        const hex = Buffer.from(bytes.subarray(from, from + INPUT_BYTES)).toString("hex");
        await client.command(`send-keys -t '${target(id)}' -H ${hex.replace(/..(?!$)/g, "$& ")}`);
      }
    },
    resize: (columns, rows) =>
      client.command(`refresh-client -C ${columns},${rows}`).then(
        () => {},
        () => {},
      ),
    pause: () => client.pause(),
    resume: () => client.resume(),
    cwd: () =>
      client.command(`display-message -p -t '${target(id)}' '#{pane_current_path}'`).then(
        ([path]) => path || undefined,
        () => undefined,
      ),
    kill() {
      killing ??= kill();
      return killing;
    },
    async leave() {
      leaving = true;
      await server.inTurn(() => client.detach());
    },
    async kept() {
      const capture = `capture-pane -p -J -t '${target(id)}'`;
      const [shown = [], behind = []] = await client.commands([`${capture} -S -`, `${capture} -a -q`]);
      return [...shown, ...behind].join("\n");
    },
    exited,
  };
}
