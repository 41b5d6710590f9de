import type { AccessConfig } from "../config.ts";
import type { Chat, User } from "../telegram/types.ts";

/** `owner` may do everything; `guest` may prompt, watch and cancel his own jobs. */
export type Role = "owner" | "guest";

export interface Access {
  /** What this sender may do in this chat; undefined for nothing at all. */
  roleOf(sender: User | undefined, chat: Chat): Role | undefined;
  /** Nobody is allowed yet: the bot waits for its owner to pair. */
  readonly unpaired: boolean;
  /** Everybody is allowed. */
  readonly open: boolean;
  /** Lets a user in from now on. */
  allowUser(id: number): void;
  /** A group has another id from now on. False when the old one was not listed. */
  moveChat(from: number, to: number): boolean;
  /** Whether there may be an owner in this chat, so that what only owners may see may be sent there unasked. */
  mayTellOwners(chatId: number): boolean;
  /** The private chats of owners: a user has the same id as his. */
  readonly owners: readonly number[];
  /** Takes over other lists. */
  update(config: AccessConfig): void;
}

/**
 * Who may use the bot. In a private chat its id or the sender's must be listed (Telegram gives both the same number).
 * In a group a listed chat is not enough: the sender must be somebody who is allowed himself.
 */
export function createAccess(config: AccessConfig): Access {
  let { open } = config;
  let chats = new Set(config.chats);
  let users = new Set(config.users);
  let owners = config.owners && new Set(config.owners);

  const isOwner = (id: number): boolean => (owners ? owners.has(id) : users.has(id) || chats.has(id));

  return {
    roleOf(sender, chat) {
      // Bots and senders without a face (channels, anonymous administrators) cannot be told apart, so none gets in.
      if (!sender || sender.is_bot || chat.type === "channel") return undefined;
      const inGroup = chat.type !== "private";
      const allowed =
        open || users.has(sender.id) || (chats.has(sender.id) && (!inGroup || chats.has(chat.id)));
      if (!allowed) return undefined;
      return isOwner(sender.id) ? "owner" : "guest";
    },
    get unpaired() {
      return !open && chats.size === 0 && users.size === 0;
    },
    get open() {
      return open;
    },
    mayTellOwners(chatId) {
      if (chatId > 0) return (open || users.has(chatId) || chats.has(chatId)) && isOwner(chatId);
      // Users may use the bot in any group, those with a listed private chat in listed groups.
      const there = [...users, ...(open || chats.has(chatId) ? chats : []), ...((open && owners) || [])];
      return there.some((id) => id > 0 && isOwner(id));
    },
    get owners() {
      return [...new Set([...users, ...chats])].filter((id) => id > 0 && isOwner(id));
    },
    allowUser: (id) => void users.add(id),
    moveChat(from, to) {
      if (!chats.delete(from)) return false;
      chats.add(to);
      return true;
    },
    update(next) {
      open = next.open;
      chats = new Set(next.chats);
      users = new Set(next.users);
      owners = next.owners && new Set(next.owners);
    },
  };
}
