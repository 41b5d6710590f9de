// Fetches what waits for the bot over a kept-alive connection and confirms it, and does nothing else with it.
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true });

function poll(offset) {
  const outgoing = request(
    `${process.argv[2]}/bot/getUpdates`,
    { method: "POST", agent },
    async (response) => {
      let text = "";
      for await (const piece of response.setEncoding("utf8")) text += piece;
      const last = JSON.parse(text).result.at(-1);
      poll(last.update_id + 1);
    },
  );
  outgoing.end(JSON.stringify({ offset }));
}

poll(0);
