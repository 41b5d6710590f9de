#!/usr/bin/env node
import { main } from "./src/cli/main.ts";

// A reader that has gone away (`nanogent help | head`) ends neither a command nor a bridge that runs.
function lasting<T extends NodeJS.WriteStream>(stream: T): T {
  return stream.listenerCount("error") === 0 ? stream.on("error", () => {}) : stream;
}

// Removed by somebody else, or made anew under the same name, it is none in which anything could run.
function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    process.stderr.write(
      "The folder in which nanogent was called is gone. Change to one that exists: cd ~\n",
    );
    process.exit(1);
  }
}

const code = await main(process.argv.slice(2), {
  folder: workingFolder(),
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
