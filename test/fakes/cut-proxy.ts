import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** A line between a page and its server that can be cut, as networks are. */
export interface CutProxy {
  readonly port: number;
  /** Where it leads; said when that is known. */
  target: number;
  /** How many connections were asked for so far. */
  readonly connections: number;
  /** Cuts every connection now. */
  cut(): void;
  /** Cuts whatever has brought so many more bytes to the page, in the middle of them. @returns once it has */
  cutAfter(bytes: number): Promise<void>;
  /** Lets nobody through until it is false again. */
  down: boolean;
}

export async function cutProxy(t: TestContext): Promise<CutProxy> {
  const pairs = new Set<readonly Socket[]>();
  let left = Number.POSITIVE_INFINITY;
  let wasCut = (): void => {};
  const proxy = {
    ...{ port: 0, target: 0, connections: 0, down: false },
    cut() {
      for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
    },
    cutAfter(bytes: number) {
      left = bytes;
      return new Promise<void>((resolve) => {
        wasCut = resolve;
      });
    },
  };
  const server = createServer((near) => {
    proxy.connections += 1;
    if (proxy.down) return void near.destroy();
    const far = connect(proxy.target, "127.0.0.1");
    const pair = [near, far];
    pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => {});
      socket.on("close", () => {
        pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
    near.pipe(far);
    far.on("data", (chunk: Buffer) => {
      left -= chunk.length;
      if (left > 0) return void near.write(chunk);
      near.write(chunk.subarray(0, chunk.length + left), () => near.destroy());
      left = Number.POSITIVE_INFINITY;
      wasCut();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    proxy.cut();
    server.close();
  });
  return Object.assign(proxy, { port: (server.address() as AddressInfo).port });
}
