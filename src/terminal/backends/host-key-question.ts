/** A host key that has to be confirmed before anything is sent. */
export interface HostKey {
  /** As `ssh` names it: with the address, and the port where that is an unusual one. */
  readonly host: string;
  readonly kind: string;
  /** `SHA256:…`. */
  readonly fingerprint: string;
}

/** OpenSSH's question, at the end of what it has shown. Its answer may be the fingerprint itself. */
const QUESTION =
  /The authenticity of host '([^'\r\n]+)' can't be established\.[\s\S]*?(\S+) key fingerprint is:? ?(SHA256:[A-Za-z0-9+/]{43})[\s\S]*?Are you sure you want to continue connecting \(yes\/no\/\[fingerprint\]\)\? $/;

/** The question that `ssh` waits with, if it is one for a host key. */
export function askedHostKey(shown: string): HostKey | undefined {
  const [, host, kind, fingerprint] = QUESTION.exec(shown) ?? [];
  if (host === undefined || kind === undefined || fingerprint === undefined) return undefined;
  return { host, kind, fingerprint };
}

/** The same for the chat. */
export function hostKeyQuestion(name: string, { host, kind, fingerprint }: HostKey): string {
  // OpenSSH adds the address to the name that it was given, also where that is the address.
  const [, given = host, address = given] = /^(\S+) \((\S+)\)$/.exec(host) ?? [];
  const where = address === given ? given : `${given}, ${address}`;
  return `First connection to ${name} (${where}). Its host key is ${kind} ${fingerprint}. Is that the right one? On the machine itself this shows it: ssh-keygen -lf /etc/ssh/ssh_host_${kind.toLowerCase()}_key.pub`;
}
