import type { Access, Role } from "../chat/access.ts";
import type { Place } from "../chat/messenger.ts";
import type { Author, Job } from "./job.ts";

/** Somebody who asks for something, and what he may do. */
export interface Person extends Author {
  readonly role: Role;
}

/** Who somebody is in a chat, by the allowlist of the moment; undefined for nobody. */
export function personOf(access: Access, author: Author, { chatId }: Place): Person | undefined {
  const role = access.roleOf(
    { id: author.id, is_bot: false, first_name: author.name },
    { id: chatId, type: chatId < 0 ? "supergroup" : "private" },
  );
  return role && { ...author, role };
}

/** Owners may stop anything, others what they asked for themselves. */
export function mayStop(person: Person, job: Job): boolean {
  return person.role === "owner" || person.id === job.author.id;
}
