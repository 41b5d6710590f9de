import type { Access } from "../chat/access.ts";

/** `owner` and `writer` type, open and close; `reader` sees and scrolls. */
export type WebRole = "owner" | "writer" | "reader";

/** Somebody at the page. */
export interface Visitor {
  /** The numeric id of a user of Telegram; undefined for whoever opened a link on the machine itself. */
  readonly userId: number | undefined;
  /** For people only. */
  readonly name: string;
}

/** Says what a visitor may do now; undefined for nothing (any more). */
export type Roles = (visitor: Visitor) => WebRole | undefined;

/**
 * The roles that follow from who may use the bot. A terminal may do anything, and shows what guests are not to see, so that
 * only owners get in, as in the chat. Whoever has a link of the machine itself could read and write all of it anyway.
 */
export function rolesOf(access: Pick<Access, "roleOf">): Roles {
  return ({ userId, name }) => {
    if (userId === undefined) return "owner";
    const user = { id: userId, is_bot: false, first_name: name };
    return access.roleOf(user, { id: userId, type: "private" }) === "owner" ? "owner" : undefined;
  };
}

export function mayWrite(role: WebRole): boolean {
  return role !== "reader";
}
