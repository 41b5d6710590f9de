import { call, Refused } from "./api.ts";
import { tab } from "./device.ts";
import type { Launch } from "./launch.ts";
import type { Role } from "./protocol.ts";

export interface Login {
  readonly token: string;
  readonly role: Role;
  readonly name: string;
}

/**
 * Lets the server know who this is: a login of this tab that still holds, or Telegram's launch data, or a one-time link.
 * @throws Refused with what to do about it
 */
export async function logIn(launch: Launch): Promise<Login> {
  const { initData, link } = launch;
  const kept = keptLogin();
  if (kept !== undefined && link === undefined && (await holds(kept.token))) return kept;
  if (initData === undefined && link === undefined)
    throw new Refused(401, "Open this page from the chat, or with the link that “nanogent open” prints.");
  const response = await call("POST", "/v1/login", undefined, link === undefined ? { initData } : { link });
  const { token, role, name } = (await response.json()) as Login;
  const login = { token, role, name };
  tab.write("login", JSON.stringify(login));
  return login;
}

/** Forgets it, as the server no longer knows it. */
export function forgetLogin(): void {
  tab.write("login", undefined);
}

function keptLogin(): Login | undefined {
  const kept = tab.read("login");
  return kept === undefined ? undefined : (JSON.parse(kept) as Login);
}

async function holds(token: string): Promise<boolean> {
  try {
    await call("GET", "/v1/sessions", token);
    return true;
  } catch (error) {
    if (error instanceof Refused && (error.status === 401 || error.status === 403)) return false;
    throw error;
  }
}
