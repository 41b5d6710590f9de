import { BackendError, type PtyExit } from "../pty.ts";

/** What `ssh` has written of itself: its messages and, between them, lines that begin with `debug1:`. */
export interface SshMessages {
  /** The session has begun: from now on what is shown comes from the machine. */
  readonly isConnected: boolean;
  /** How the program there has ended; undefined when it has not told. */
  readonly ended: "exit" | "signal" | undefined;
  /** What went wrong, as the program has said it. */
  readonly said: readonly string[];
}

const HARMLESS =
  /^(debug\d:|Warning: Permanently added|Authenticated to|Transferred:|Bytes per second:|Connection to \S+ closed\.?$|OpenSSH_|\s*$)/;

/** @param log What `ssh -E` has written with `LogLevel=DEBUG1`. */
export function readSshMessages(log: string): SshMessages {
  const lines = log.split(/\r?\n/);
  const request = lines
    .map(
      (line) => /^debug1: client_input_channel_req: channel \d+ rtype exit-(status|signal) /.exec(line)?.[1],
    )
    .find((found) => found !== undefined);
  return {
    isConnected: lines.some((line) => line.startsWith("debug1: Entering interactive session")),
    ended: request === undefined ? undefined : request === "status" ? "exit" : "signal",
    said: lines.filter((line) => !HARMLESS.test(line)),
  };
}

/** How a terminal has ended over SSH. 255 may be of the program or of `ssh` itself: its messages tell. */
export function sshExit(name: string, exit: PtyExit, { isConnected, ended, said }: SshMessages): PtyExit {
  if (ended === "exit") return exit;
  if (ended === "signal") return { code: undefined, reason: "The program was ended by a signal." };
  if (!isConnected) return { code: exit.code, reason: whyNot(name, said).message };
  return { code: undefined, reason: `The connection to ${name} was lost: ${whyLost(said)}`, lost: true };
}

function whyLost(said: readonly string[]): string {
  const all = said.join("\n");
  if (/Timeout, server .* not responding/.test(all)) return "it has not answered for 45 seconds.";
  // A connection that is just closed by the other side is worth no message to ssh.
  if (all === "" || /closed by remote host|Connection reset|Broken pipe|Connection closed/.test(all))
    return "the machine has closed it.";
  return said.at(-1) ?? "";
}

/** Why no connection has come about, and what to do. */
export function whyNot(name: string, said: readonly string[]): BackendError {
  const all = said.join("\n");
  const changed = changedKey(name, all);
  if (changed) return changed;
  if (/Host key verification failed/.test(all)) return unconfirmed(name);
  for (const [pattern, message, hint] of REASONS) {
    const found = pattern.exec(all);
    if (found)
      return new BackendError(
        `${name}: ${message.replace("$1", found[1] ?? "")}`,
        hint.replace("$NAME", name),
      );
  }
  return new BackendError(`${name}: ${said.at(-1) ?? "ssh has ended without a word."}`);
}

const REASONS: readonly (readonly [RegExp, string, string])[] = [
  [
    /Too many authentication failures/,
    "it was offered too many wrong keys.",
    "Name the right one: IdentityFile and IdentitiesOnly yes in ~/.ssh/config, or /ssh key $NAME",
  ],
  [
    /Permission denied \(([^)]*)\)/,
    "the machine does not let us in (it takes: $1).",
    "Check the user and the key: the public half belongs into ~/.ssh/authorized_keys there. /ssh key $NAME gives another key.",
  ],
  [/Could not resolve hostname/, "there is no machine of this name in the network.", "Check the address."],
  [
    /connect to host .*: Connection refused/,
    "nothing answers at this port.",
    "Check that the SSH server runs there, and its port.",
  ],
  [
    /connect to host .*: (.*)|Connection timed out/,
    "it cannot be reached ($1).",
    "Check the network, a VPN, and the address.",
  ],
  [
    /kex_exchange_identification|Connection (closed|reset)|closed by remote host/,
    "it has closed the connection before the login.",
    "Its log tells why (sshd); too many connections are refused for a while.",
  ],
];

/**
 * Who answers has another key than the one that was confirmed: either it was set up anew, or it is somebody else.
 * OpenSSH's own text fills a phone's screen.
 */
function changedKey(name: string, all: string): BackendError | undefined {
  if (!/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(all)) return undefined;
  const [, kind = "", print = ""] =
    /fingerprint for the (\S+) key sent by the remote host is\s+(SHA256:\S+?)\.?\s/.exec(all) ?? [];
  const [, file, line] = /Offending \S+ key in (.+):(\d+)/.exec(all) ?? [];
  return changedKeyError(
    name,
    `${kind} ${print}`.trim(),
    file === undefined ? undefined : `line ${line} of ${file}`,
  );
}

/** @param key The kind and fingerprint of the new key. @param place Where the old one is noted. */
export function changedKeyError(name: string, key: string, place: string | undefined): BackendError {
  return new BackendError(
    `${name} shows another host key than before (${key}). Either it was set up anew, or somebody is in between. I have not connected.`,
    `Only if you know that it was set up anew, take the old key out${place === undefined ? "" : `: ${place}`}. /ssh remove ${name} does that for a machine that was added here; then add it again. Connect, and compare the new one.`,
  );
}

/** Nobody has said that the key is the right one. */
export function unconfirmed(name: string): BackendError {
  return new BackendError(
    `${name}: its host key was not confirmed, so that nothing was sent.`,
    "Compare it with the machine's own: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
  );
}
