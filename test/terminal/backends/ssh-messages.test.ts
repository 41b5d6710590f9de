import assert from "node:assert/strict";
import test from "node:test";
import { askedHostKey, hostKeyQuestion } from "../../../src/terminal/backends/host-key-question.ts";
import {
  changedKeyError,
  readSshMessages,
  sshExit,
  whyNot,
} from "../../../src/terminal/backends/ssh-messages.ts";

const CONNECTED =
  'Authenticated to web ([192.0.2.1]:22) using "publickey".\r\ndebug1: Entering interactive session.\r\n';
const STATUS = "debug1: client_input_channel_req: channel 0 rtype exit-status reply 0\r\n";
const SIGNAL = "debug1: client_input_channel_req: channel 0 rtype exit-signal reply 0\r\n";

test("how a terminal over SSH has ended", () => {
  const lost = (why: string) => ({
    code: undefined,
    reason: `The connection to web was lost: ${why}`,
    lost: true,
  });
  const cases: [string, object][] = [
    [CONNECTED + STATUS, { code: 255 }],
    [CONNECTED + SIGNAL, { code: undefined, reason: "The program was ended by a signal." }],
    [
      `${CONNECTED}Timeout, server 192.0.2.1 not responding.\r\n`,
      lost("it has not answered for 45 seconds."),
    ],
    [`${CONNECTED}Connection to 192.0.2.1 closed by remote host.\r\n`, lost("the machine has closed it.")],
    [`${CONNECTED}client_loop: send disconnect: Broken pipe\r\n`, lost("the machine has closed it.")],
    [CONNECTED, lost("the machine has closed it.")],
    [`${CONNECTED}ssh: something new\r\n`, lost("ssh: something new")],
    // A command that looks like a message is one line with others in front of it.
    [`${CONNECTED}debug1: Sending command: ${STATUS}`, lost("the machine has closed it.")],
    [
      "Permission denied (publickey).\r\n",
      { code: 255, reason: "web: the machine does not let us in (it takes: publickey)." },
    ],
  ];
  for (const [log, exit] of cases)
    assert.deepEqual(sshExit("web", { code: 255 }, readSshMessages(log)), exit, log);
});

test("why there is no connection", () => {
  const cases: [string, RegExp][] = [
    ["ssh: Could not resolve hostname web: Name or service not known", /no machine of this name/],
    ["ssh: connect to host web port 22: Connection refused", /nothing answers at this port/],
    ["ssh: connect to host web port 22: No route to host", /cannot be reached \(No route to host\)/],
    ["kex_exchange_identification: read: Connection reset by peer", /closed the connection before the login/],
    ["Host key verification failed.", /was not confirmed/],
    ["Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures", /too many wrong keys/],
    ["/home/a/.ssh/config: line 3: Bad configuration option: hostt", /Bad configuration option/],
    ["", /without a word/],
  ];
  for (const [log, message] of cases)
    assert.match(whyNot("web", readSshMessages(`debug1: Reading\r\n${log}\r\n`).said).message, message, log);
});

test("the question for a host key, and nothing else", () => {
  const fingerprint = `SHA256:${"a".repeat(43)}`;
  const question = (kind: string, more = "") =>
    `The authenticity of host '[web]:2222 ([192.0.2.1]:2222)' can't be established.\r\n${kind} key fingerprint is ${fingerprint}.\r\n${more}Are you sure you want to continue connecting (yes/no/[fingerprint])? `;
  const asked = { host: "[web]:2222 ([192.0.2.1]:2222)", kind: "ED25519", fingerprint };
  assert.deepEqual(askedHostKey(question("ED25519")), asked);
  assert.deepEqual(askedHostKey(question("ED25519", "This key is not known by any other names.\r\n")), asked);
  for (const text of [`${question("ED25519")}yes\r\n`, "password: ", question("ED25519").slice(0, -3), ""])
    assert.equal(askedHostKey(text), undefined, text);
});

test("a host key that is not known is asked for by what the machine is called, said once", () => {
  const begin = "First connection to box (";
  const hosts: readonly [string, string][] = [
    ["[127.0.0.1]:22873 ([127.0.0.1]:22873)", "[127.0.0.1]:22873"],
    ["[web]:2222 ([192.0.2.1]:2222)", "[web]:2222, [192.0.2.1]:2222"],
    ["192.0.2.1", "192.0.2.1"],
  ];
  for (const [host, shown] of hosts) {
    const question = hostKeyQuestion("box", { host, kind: "ED25519", fingerprint: "SHA256:x" });
    assert.ok(question.startsWith(`${begin}${shown}). Its host key`), question);
  }
});

test("how a machine that was set up anew is taken back is said", () => {
  const { hint } = changedKeyError("box", "ED25519 SHA256:x", "line 3 of /known");
  assert.match(
    hint ?? "",
    /: line 3 of \/known\. \/ssh remove box does that for a machine that was added here/,
  );
});
