import { runContainerTerminal } from "../terminal/backends/container-program.ts";
import { EXIT, type VerbCall } from "./verb.ts";

/** `nanogent container-terminal`: carries a terminal of this machine into a container. */
export async function containerTerminal({ words: [folder], around }: VerbCall): Promise<number> {
  const { stdin, stdout } = process;
  if (folder !== undefined && stdin.isTTY && stdout.isTTY)
    return runContainerTerminal(folder, around.env, { stdin, stdout });
  around.stderr.write("nanogent starts this itself, in a terminal.\n");
  return EXIT.usage;
}
