// Waits for updates over a kept-alive connection and does nothing else. When that fails it tries again after a second.
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true });

function poll() {
  const outgoing = request(`${process.argv[2]}/bot/getUpdates`, { method: "POST", agent }, (response) => {
    response.resume();
    response.on("end", poll);
  });
  outgoing.on("error", () => setTimeout(poll, 1_000));
  outgoing.end("bare");
}

poll();
