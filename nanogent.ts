#!/usr/bin/env node
import { main } from "./src/cli/main.ts";

// A reader that has gone away (`nanogent help | head`) ends neither a command nor a bridge that runs.
function lasting<T extends NodeJS.WriteStream>(stream: T): T {
  return stream.listenerCount("error") === 0 ? stream.on("error", () => {}) : stream;
}

const code = await main(process.argv.slice(2), {
  folder: process.cwd(),
  env: process.env,
  // Opened only by what uses them.
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return lasting(process.stdout);
  },
  get stderr() {
    return lasting(process.stderr);
  },
});

// What still waits for the network, such as a message that could not be delivered, must not hold up the end.
process.exit(code);
