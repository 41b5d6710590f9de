import { within } from "../../within.ts";
import { type Backend, BackendError, type Pty, type PtyExit, type PtyRequest } from "../pty.ts";
import { ANY_SHELL } from "./container-shell.ts";
import { explained } from "./explained.ts";

export interface KubectlOptions {
  /** Opens a terminal on this machine. */
  readonly openPty: (request: PtyRequest) => Promise<Pty>;
}

/** A container of a pod, in the cluster that `kubectl` uses. */
export interface PodTarget {
  readonly namespace: string | undefined;
  readonly pod: string;
  readonly container: string | undefined;
}

/** How long a refusal of the cluster is waited for. A program that says nothing is taken to run then. */
const REFUSAL_MS = 3_000;
const TAIL = 2_048;

/**
 * Terminals in a container of a pod.
 * @param name `POD`, `NAMESPACE/POD`, each with `:CONTAINER` behind it where the pod has several.
 */
export function kubectlBackend(name: string, { openPty }: KubectlOptions): Backend {
  return {
    name: "kubectl",
    open: async (request, keep) => {
      const target = parsePod(name);
      if (!target)
        throw new BackendError(
          `${name} is no name of a pod.`,
          "Use POD, NAMESPACE/POD or NAMESPACE/POD:CONTAINER.",
        );
      return openPod(target, keep?.openPty ?? openPty, request);
    },
    canKeep: async () => true,
    takeOver: ({ pty, lastLine }) => toldByKubectl(name, pty, lastLine),
  };
}

/** Undefined for what a cluster does not take for a name (RFC 1123), so that none is an option. */
export function parsePod(name: string): PodTarget | undefined {
  const [, namespace, pod, container] = /^(?:([^/:]+)\/)?([^/:]+)(?::([^/:]+))?$/.exec(name) ?? [];
  const all = [namespace, pod, container].filter((part) => part !== undefined);
  if (pod === undefined || !all.every((part) => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(part)))
    return undefined;
  return { namespace, pod, container };
}

async function openPod(
  { namespace, pod, container }: PodTarget,
  openPty: KubectlOptions["openPty"],
  request: PtyRequest,
): Promise<Pty> {
  const command = [
    ...["kubectl", "exec", "-it"],
    ...(namespace === undefined ? [] : ["-n", namespace]),
    pod,
    ...(container === undefined ? [] : ["-c", container]),
    ...["--", ...(request.command.length > 0 ? request.command : ANY_SHELL)],
  ];
  let tail = "";
  let sawOutput = () => {};
  const output = new Promise<void>((resolve) => {
    sawOutput = resolve;
  });
  const local = await openPty({
    ...request,
    command,
    onData(chunk) {
      tail = `${tail}${chunk.toString("latin1")}`.slice(-TAIL);
      // Its own complaints end it, at once.
      if (!tail.split(/\r?\n/).every((line) => line === "" || isOwn(line))) sawOutput();
      request.onData(chunk);
    },
  });
  let hasBegun = false;
  const pty = toldByKubectl(pod, local, async () => tail);
  const { exited } = pty;
  const begun = output.then(() => {
    hasBegun = true;
  });
  await within(Promise.race([begun, exited]), REFUSAL_MS);
  if (!hasBegun) {
    const refusal = await Promise.race([exited, undefined]);
    if (refusal?.reason !== undefined) throw new BackendError(refusal.reason, hintFor(refusal.reason));
  }
  return pty;
}

/** @param tail What was shown last. */
function toldByKubectl(pod: string, local: Pty, tail: () => Promise<string>): Pty {
  return explained(local, async (exit, stands) => (stands() ? exit : kubectlExit(pod, exit, await tail())));
}

/** Its exit code is the program's, or 1 with a complaint of its own as the last line. */
function kubectlExit(pod: string, exit: PtyExit, tail: string): PtyExit {
  const last = tail.trimEnd().split(/\r?\n/).at(-1) ?? "";
  if (exit.code === 127 && /not found/.test(last)) return { code: 127, reason: notInstalled().message };
  if (exit.code !== 1 || !isOwn(last)) return exit;
  const said = last.replace(/^error: /i, "");
  if (!/lost connection|unexpected EOF|reset by peer|broken pipe|websocket: close|stream error/i.test(said))
    return { code: undefined, reason: `${pod}: ${said}` };
  return { code: undefined, reason: `The connection to ${pod} was lost: ${said}`, lost: true };
}

function isOwn(line: string): boolean {
  return /^(error: |Error from server|Unable to connect to the server|The connection to the server|E\d{4} |Defaulted container )/.test(
    line,
  );
}

function hintFor(reason: string): string | undefined {
  if (/NotFound|not found/.test(reason)) return "kubectl get pods -A shows all.";
  if (/Forbidden/.test(reason)) return "Your account in the cluster needs the right to create pods/exec.";
  if (/Unable to connect|connection to the server/i.test(reason))
    return "Check the cluster and kubectl's context.";
  return undefined;
}

function notInstalled(): BackendError {
  return new BackendError("kubectl is not installed here.", "Install it, and set up its context.");
}
