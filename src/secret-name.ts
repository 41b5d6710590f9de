/** Why a secret cannot have this name, for the chat; undefined when it can. */
export function nameFault(name: string): string | undefined {
  if (!/^[A-Z_][A-Z0-9_]{0,99}$/.test(name))
    return "A name is made of capital letters, digits and _, such as /secret set GITHUB_TOKEN.";
  const reserved = RESERVED.find(({ names }) => names.test(name));
  return reserved && `${name} cannot be the name of a secret: ${reserved.why}. Choose another one.`;
}

const RESERVED: readonly { readonly names: RegExp; readonly why: string }[] = [
  {
    names: /^(PATH|HOME|NODE_OPTIONS|LD_.*|DYLD_.*)$/,
    why: "it decides which programs and libraries the agent runs, so that nothing might work any more",
  },
  { names: /^(TELEGRAM|NANOGENT)_/, why: "names that begin like this belong to nanogent itself" },
];
