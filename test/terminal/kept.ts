import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Backend, Keep, Pty, PtyRequest } from "../../src/terminal/pty.ts";
import { TmuxServer } from "../../src/terminal/tmux/server.ts";
import { findInTmux, openInTmux } from "../../src/terminal/tmux/tmux-pty.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { openTerminal, type UsedTerminal } from "../fakes/terminal-use.ts";

/** A tmux server of the test's own, and what the lives of a bridge do with it. */
export interface KeptTerminals {
  readonly keep: Keep;
  open(backend: Backend, request?: Partial<PtyRequest>): Promise<UsedTerminal>;
  /** The bridge ends, and the next one takes the terminal over. */
  again(backend: Backend, terminal?: UsedTerminal): Promise<UsedTerminal>;
}

const ID = "term-1";
const MARK = `kept-${process.pid}-term-1`;

export async function keptTerminals(t: TestContext): Promise<KeptTerminals> {
  let server: TmuxServer | undefined;
  // Before its socket goes with the folder.
  t.after(() => server?.command(["kill-server"]).catch(() => {}));
  const tmux = await temporaryFolder(t);
  const own = new TmuxServer("kept", { ...process.env, TMUX_TMPDIR: tmux });
  server = own;
  // Words that have to be quoted on their way.
  const folder = join(tmux, 'it\'s "kept" $HOME; %d');
  mkdirSync(folder);
  let opened: Pty | undefined;
  const keep: Keep = {
    folder,
    async openPty(request) {
      opened = await openInTmux(own, ID, request);
      return opened;
    },
  };
  return {
    keep,
    open: (backend, request) => openTerminal(keepIn(backend, keep), { mark: MARK, ...request }),
    async again(backend, terminal) {
      // Where a login is still going on there is no terminal yet.
      await (terminal?.pty ?? opened)?.leave?.();
      return openTerminal({
        ...backend,
        async open(request) {
          let all = "";
          const onData = (chunk: Buffer) => {
            all += chunk;
            request.onData(chunk);
          };
          const lastLine = async () => all.trimEnd().split(/\r?\n/).at(-1) ?? "";
          const { pty, shown } = await findInTmux(own, ID, { mark: MARK, onData });
          onData(shown);
          return backend.takeOver({ pty, mark: MARK, folder, lastLine });
        },
      });
    },
  };
}

function keepIn(backend: Backend, keep: Keep): Backend {
  return { ...backend, open: (request) => backend.open(request, keep) };
}
