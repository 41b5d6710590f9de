import { readFileSync } from "node:fs";

declare const NANOGENT_ENV_EXAMPLE: string | undefined;

/** The text of `.env.example`: part of the bundle, read from the source tree otherwise. */
export function envExample(): string {
  if (typeof NANOGENT_ENV_EXAMPLE === "string") return NANOGENT_ENV_EXAMPLE;
  return readFileSync(new URL("../../.env.example", import.meta.url), "utf8");
}
