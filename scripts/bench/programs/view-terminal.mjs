// Reads what serve-terminal.ts sends, a key for each 64 kB, and prints how long it took as JSON. With `stalled` it attaches,
// says so, and reads no more.
import { connect } from "node:net";
import { WebSocket } from "ws";

const [, , way, port, total, link] = process.argv;
const BLOCK = 64 * 1024;
let began = 0;
let bytes = 0;
let acknowledged = 0;
let snapshots = 0;

/** @param type presses so many keys. */
function count(length, type) {
  bytes += length;
  const whole = Math.floor(bytes / BLOCK);
  if (bytes >= Number(total)) {
    console.log(JSON.stringify({ ms: performance.now() - began, snapshots }));
    process.exit();
  }
  if (whole > acknowledged) type(whole - acknowledged);
  acknowledged = whole;
}

if (way === "bare") {
  const socket = connect(Number(port), "127.0.0.1", () => {
    began = performance.now();
    socket.write("k");
  });
  socket.on("data", (data) => count(data.length, (keys) => socket.write(Buffer.alloc(keys, "k"))));
} else {
  const body = JSON.stringify({ link });
  const login = await (await fetch(`http://127.0.0.1:${port}/v1/login`, { method: "POST", body })).json();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`, "nanogent.1", {
    perMessageDeflate: false,
  });
  let isSnapshot = false;
  socket.on("open", () =>
    socket.send(
      JSON.stringify({ type: "attach", token: login.token, session: "term-1", columns: 80, rows: 24 }),
    ),
  );
  socket.on("message", (data, isBinary) => {
    if (!isBinary) {
      isSnapshot = JSON.parse(data.toString()).type === "snapshot";
      return;
    }
    if (!isSnapshot) return count(data.length, (keys) => socket.send(Buffer.alloc(keys, "k")));
    isSnapshot = false;
    snapshots += 1;
    if (way === "stalled") {
      socket.pause();
      console.log("{}");
    } else if (began === 0) {
      began = performance.now();
      socket.send(Buffer.from("k"));
    }
  });
}
