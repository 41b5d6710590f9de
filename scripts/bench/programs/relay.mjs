// Runs a program and posts its output, piece by piece as it comes, over a kept-alive connection.
import { spawn } from "node:child_process";
import { Agent, request } from "node:http";

const [, , program, root] = process.argv;
const agent = new Agent({ keepAlive: true });
const post = (body) =>
  new Promise((resolve) => {
    const outgoing = request(`${root}/bot/relay`, { method: "POST", agent }, (response) => {
      response.resume();
      response.on("end", resolve);
    });
    outgoing.end(body);
  });

// Opens the connection.
await post("");
const child = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
const posts = [];
child.stdout.on("data", (chunk) => posts.push(post(chunk)));
child.on("close", async () => {
  await Promise.all(posts);
  agent.destroy();
});
