import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

declare const NANOGENT_PAGE: string | undefined;

/** What the build makes of `src/web/page/`. */
export interface BuiltPage {
  /** The Content-Security-Policy that fits it. */
  readonly policy: string;
  /** The HTML, compressed, in base64. */
  readonly gzip: string;
}

export interface Page {
  /** Compressed, as the headers say: to be sent as they are. */
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

let decoded: Page | undefined;

/** The terminal page: part of the bundle, read from `dist/` otherwise. Unpacked when it is first asked for. */
export function page(): Page {
  decoded ??= decode(JSON.parse(builtPage()) as BuiltPage);
  return decoded;
}

function builtPage(): string {
  if (typeof NANOGENT_PAGE === "string") return NANOGENT_PAGE;
  return readFileSync(new URL("../../dist/page.json", import.meta.url), "utf8");
}

function decode({ policy, gzip }: BuiltPage): Page {
  const bytes = Buffer.from(gzip, "base64");
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Encoding": "gzip",
    "Content-Security-Policy": policy,
    // Not kept without asking: a newer nanogent may be here the next time.
    "Cache-Control": "no-cache",
    ETag: `"${createHash("sha256").update(bytes).update(policy).digest("base64url")}"`,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
  return { bytes, headers };
}
