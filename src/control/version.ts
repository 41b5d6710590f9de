import { VERSION } from "../version.ts";
import { HttpError } from "../web/http-error.ts";

/** In each request and each answer: the version of whoever sends it. */
export const VERSION_HEADER = "nanogent-version";

/** Whether two versions understand each other: the first number stands for what is said on the socket. */
export function fits(one: string, other: string): boolean {
  return majorOf(one) === majorOf(other);
}

/** @throws HttpError for a client that would not understand the answer. One that does not tell gets it. */
export function refuseStranger(client: string | undefined, own = VERSION): void {
  if (client === undefined || fits(client, own)) return;
  const shown = /^[\w.+-]{1,40}$/.test(client) ? client : "another version";
  throw new HttpError(
    409,
    "wrong-version",
    `The bridge here is nanogent ${own}, and you are calling it with ${shown}.`,
    { hint: "Call it with the nanogent.mjs of its folder, or replace that and start the bridge again." },
  );
}

function majorOf(version: string): string {
  return /^\d+/.exec(version)?.[0] ?? version;
}
