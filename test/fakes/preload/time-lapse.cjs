// Loaded into a program with `--require`: its timers and its monotonic clock go TIME_LAPSE times as fast, so that pacing
// and backoff of minutes pass in seconds. The time of day stays what it is.
const factor = Number(process.env.TIME_LAPSE ?? 1);
// What the program starts is not meant.
delete process.env.NODE_OPTIONS;
delete process.env.TIME_LAPSE;

const { setTimeout: realSetTimeout, setInterval: realSetInterval } = globalThis;
globalThis.setTimeout = Object.assign(
  (callback, ms = 0, ...rest) => realSetTimeout(callback, ms / factor, ...rest),
  realSetTimeout,
);
globalThis.setInterval = (callback, ms = 0, ...rest) => realSetInterval(callback, ms / factor, ...rest);

const promises = require("node:timers/promises");
const { setTimeout: realSleep } = promises;
promises.setTimeout = (ms = 0, ...rest) => realSleep(ms / factor, ...rest);

const realNow = performance.now.bind(performance);
performance.now = () => realNow() * factor;
