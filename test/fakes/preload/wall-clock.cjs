// Loaded into a program with `--require`: its time of day is WALL_SHIFT milliseconds later than it is. Timers and the
// monotonic clock stay what they are.
const shift = Number(process.env.WALL_SHIFT ?? 0);
// What the program starts is not meant.
delete process.env.NODE_OPTIONS;
delete process.env.WALL_SHIFT;

const realNow = Date.now;
Date.now = () => realNow() + shift;
