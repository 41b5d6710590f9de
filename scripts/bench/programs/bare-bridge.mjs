// The least between a messenger and an agent: posts what the agent writes as it comes, and hands it what a poll brings.
import { spawn } from "node:child_process";
import { Agent, request } from "node:http";

const [, , program, root] = process.argv;
const agent = new Agent({ keepAlive: true });
const post = (method, body) =>
  new Promise((resolve) => {
    const outgoing = request(`${root}/bot/${method}`, { method: "POST", agent }, (response) => {
      response.resume();
      response.on("end", resolve);
    });
    outgoing.end(body);
  });

// Opens the connection.
await post("relay", "");
const child = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
const posts = [];
child.stdout.on("data", (chunk) => posts.push(post("relay", chunk)));
child.on("close", async () => {
  await Promise.all(posts);
  agent.destroy();
});
child.stdin.write('{"type":"user"}\n');
await post("getUpdates", "bare");
child.stdin.write('{"type":"control_response"}\n');
