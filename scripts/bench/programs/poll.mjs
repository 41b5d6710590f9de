// Waits for updates over a kept-alive connection and does nothing else.
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true });

function poll() {
  const outgoing = request(`${process.argv[2]}/bot/getUpdates`, { method: "POST", agent }, (response) => {
    response.resume();
    response.on("end", poll);
  });
  outgoing.end("bare");
}

poll();
