import { VERSION } from "../version.ts";
import { HttpError } from "../web/http-error.ts";
import { fits } from "./version.ts";

/** @throws HttpError for a client that would not understand the answer. One that does not tell its version gets it. */
export function refuseStranger(client: string | undefined): void {
  if (client === undefined || fits(client, VERSION)) return;
  const shown = /^[\w.+-]{1,40}$/.test(client) ? client : "another version";
  throw new HttpError(
    409,
    "wrong-version",
    `The bridge here is nanogent ${VERSION}, and you are calling it with ${shown}.`,
    { hint: "Call it with the nanogent.mjs of its folder, or replace that and start the bridge again." },
  );
}
