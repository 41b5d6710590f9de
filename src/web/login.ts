import type { Clock } from "../clock.ts";
import { HttpError } from "./http-error.ts";
import { readInitData } from "./init-data.ts";
import type { Links } from "./links.ts";
import type { Roles, Visitor } from "./roles.ts";
import type { Tokens } from "./tokens.ts";

export interface LoginOptions {
  /** Of the bot. */
  readonly botToken: string;
  readonly links: Links;
  readonly tokens: Tokens;
  readonly roles: Roles;
  readonly clock: Clock;
}

/**
 * Lets in whoever comes from Telegram or has a link of the machine itself.
 * @throws HttpError: 401 for what proves nothing, 403 for a user who is not allowed.
 */
export function login(body: Record<string, unknown>, options: LoginOptions) {
  const { visitor, startParam } = identify(body, options);
  const role = options.roles(visitor);
  if (!role) {
    throw new HttpError(403, "not-allowed", "You may not use this bot's terminals.", {
      hint: `Its owner can add your id (${visitor.userId}) to TELEGRAM_ALLOWED_USER_IDS and, where that is set, to NANOGENT_OWNER_IDS.`,
    });
  }
  const { token, expiresAt } = options.tokens.issue(visitor);
  return { token, expiresAt, role, name: visitor.name, ...(startParam !== undefined && { startParam }) };
}

function identify(
  { initData, link }: Record<string, unknown>,
  { botToken, links, clock }: LoginOptions,
): { visitor: Visitor; startParam?: string | undefined } {
  if (typeof initData === "string") {
    const launch = readInitData(initData, botToken, clock.now());
    if (launch) return { visitor: launch, startParam: launch.startParam };
    throw new HttpError(401, "bad-init-data", "Telegram's signature is not valid, or older than 5 minutes.", {
      hint: "Close this page and open it again in the chat.",
    });
  }
  if (typeof link !== "string") throw new HttpError(400, "bad-request", "initData or link is missing.");
  if (links.take(link, clock.now())) return { visitor: { userId: undefined, name: "this machine" } };
  throw new HttpError(401, "bad-link", "This link was used, or is older than 30 seconds.", {
    hint: "Make a new one: nanogent open",
  });
}
