// Loaded into a program with `--require`: SIGUSR2 is a fault in the program, an error that nobody catches.
delete process.env.NODE_OPTIONS;
process.on("SIGUSR2", () => {
  throw new Error("made by a test");
});
