/**
 * A program of its own, since Node reads NODE_EXTRA_CA_CERTS when it starts: makes the calls that its argument names
 * (JSON, see `Case`) and prints what became of each.
 */
import { createClient } from "../../src/telegram/client.ts";
import { NetworkError } from "../../src/telegram/errors.ts";

export interface Case {
  readonly root: string;
  readonly token: string;
  readonly proxy?: string;
  /** How many calls in a row; what the last one comes to is told. */
  readonly calls?: number;
}

export type Outcome =
  | { username: string | undefined }
  | { error: string; mayHaveArrived: boolean | undefined };

async function outcomeOf({ root, token, proxy, calls = 1 }: Case): Promise<Outcome> {
  const client = createClient({ root: new URL(root), token, proxy: proxy ? new URL(proxy) : undefined });
  try {
    for (let call = 1; call < calls; call++) await client.call("getMe", {});
    return { username: (await client.call("getMe", {})).username };
  } catch (error) {
    const mayHaveArrived = error instanceof NetworkError ? error.mayHaveArrived : undefined;
    return { error: String(error), mayHaveArrived };
  } finally {
    client.close();
  }
}

const cases: Case[] = JSON.parse(process.argv[2] ?? "[]");
process.stdout.write(JSON.stringify(await Promise.all(cases.map(outcomeOf))));
