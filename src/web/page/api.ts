/** A refusal of the server, in its own words. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Calls the server.
 * @throws Refused when it answers so, or cannot be reached (status 0)
 */
export async function call(
  method: "GET" | "POST" | "DELETE",
  path: string,
  token?: string,
  body?: Blob | object,
): Promise<Response> {
  const json = body !== undefined && !(body instanceof Blob);
  const headers: Record<string, string> = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(json ? { "Content-Type": "application/json" } : {}),
  };
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: json ? JSON.stringify(body) : (body ?? null),
      cache: "no-store",
      credentials: "omit",
    });
  } catch {
    throw new Refused(0, "The machine does not answer.");
  }
  if (response.ok) return response;
  throw new Refused(response.status, await reasonOf(response));
}

async function reasonOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error: { message: string; hint?: string } };
    return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  } catch {
    return `The machine answered ${response.status}.`;
  }
}
