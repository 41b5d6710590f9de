// The near ends of a terminal: through the page of a bridge, by tmux alone, and by `script` alone. All of them tell how far
// the output is, and take keys.
import { execFileSync, spawn } from "node:child_process";
import { WebSocket } from "ws";

/** What the benches' programs print last before they wait for a key. */
const READY = "ready";

/**
 * @param words `page PORT TOKEN SESSION`, `tmux SOCKET COMMAND`, or `script COMMAND`.
 * @returns Resolves when the program is ready. `skipped` is what came as a picture of the screen instead.
 */
export async function openEnd([way, ...words]) {
  const end = { skipped: 0, pictures: 0, type: undefined, socket: undefined, onOutput: () => {} };
  let tail = "";
  await new Promise((resolve) => {
    const take = (length, last) => {
      if (tail === undefined) return end.onOutput(length);
      tail = (tail + last.toString("latin1")).slice(-100);
      if (!tail.includes(READY)) return;
      tail = undefined;
      resolve();
    };
    ({ page: throughPage, tmux: byTmux, script: byScript })[way](words, end, take);
  });
  return end;
}

/** Attaches to a session. Calls back with each frame, and whether it is a picture of the screen. */
export function attach([port, token, session], onFrame) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`, "nanogent.1", {
    perMessageDeflate: false,
  });
  // Putting pieces together is not what is measured.
  socket.binaryType = "fragments";
  let picture;
  socket.on("message", (data, isBinary) => {
    if (isBinary) {
      onFrame(data, picture);
      picture = undefined;
      return;
    }
    const message = JSON.parse(data.toString());
    if (message.type === "error") throw new Error(message.message);
    if (message.type === "snapshot") picture = message.position;
  });
  socket.on("open", () =>
    socket.send(JSON.stringify({ type: "attach", token, session, columns: 80, rows: 24 })),
  );
  return socket;
}

function throughPage(words, end, take) {
  let position;
  end.socket = attach(words, (pieces, picture) => {
    let length = 0;
    if (picture === undefined) length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    else {
      end.pictures += 1;
      if (position !== undefined) length = picture - position;
      position ??= picture;
      end.skipped += length;
    }
    position += length;
    take(length, picture === undefined ? pieces.at(-1) : Buffer.concat(pieces));
  });
  end.type = (keys) => end.socket.send(Buffer.from(keys));
}

function byTmux([socket, command], end, take) {
  const tmux = ["-S", socket, "-f", "/dev/null"];
  const made = ["new-session", "-d", "-s", "bare", "-x", "80", "-y", "24", "--", "/bin/sh", "-c", command];
  execFileSync("tmux", [
    ...tmux,
    "start-server",
    ";",
    "set-option",
    "-g",
    "history-limit",
    "5000",
    ";",
    ...made,
  ]);
  const child = spawn("tmux", [...tmux, "-C", "attach-session", "-t", "bare"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  process.on("exit", () => execFileSync("tmux", [...tmux, "kill-server"]));
  end.type = (keys) => child.stdin.write(`send-keys -t bare -H ${Buffer.from(keys).toString("hex")}\n`);
  // The program is ready after a moment, and says so before anybody listens.
  setTimeout(() => take(0, READY), 500);
  child.stdout.on("data", (chunk) => take(lengthOfOutput(chunk), chunk));
}

/** Roughly: what is added around it, and three bytes for each that is escaped. */
function lengthOfOutput(chunk) {
  let length = chunk.length;
  for (let at = chunk.indexOf(92); at >= 0; at = chunk.indexOf(92, at + 1)) length -= 3;
  for (let at = chunk.indexOf("%output "); at >= 0; at = chunk.indexOf("%output ", at + 1)) length -= 12;
  return length;
}

function byScript([command], end, take) {
  // `script` turns the echo off when its own input is no terminal.
  const child = spawn("script", ["-qefc", `stty sane; ${command}`, "/dev/null"], {
    stdio: ["pipe", "pipe", "ignore"],
    env: { ...process.env, SHELL: "/bin/sh" },
  });
  process.on("exit", () => child.kill());
  end.type = (keys) => child.stdin.write(keys);
  child.stdout.on("data", (chunk) => take(chunk.length, chunk.subarray(-100)));
}
