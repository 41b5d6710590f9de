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
 * The roles that follow from who may use the bot: its owners are owners, others on its list are writers. Whoever has a
 * link of the machine itself could read and write all of it anyway. A bot that is open to everybody opens its terminals
 * to its owners alone.
 */
export function rolesOf(access: Pick<Access, "roleOf" | "open">): Roles {
  return ({ userId, name }) => {
    if (userId === undefined) return "owner";
    const user = { id: userId, is_bot: false, first_name: name };
    const role = access.roleOf(user, { id: userId, type: "private" });
    if (role === "owner") return "owner";
    return role === "guest" && !access.open ? "writer" : undefined;
  };
}

export function mayWrite(role: WebRole): boolean {
  return role !== "reader";
}
