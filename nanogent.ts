#!/usr/bin/env node
import { main } from "./src/cli/main.ts";

process.exitCode = await main(process.argv.slice(2), {
  folder: process.cwd(),
  env: process.env,
  // Opened only by what uses them.
  get stdin() {
    return process.stdin;
  },
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
});
