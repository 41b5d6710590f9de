import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ProjectPaths } from "../project.ts";
import type { WebNeeds } from "../web/needs.ts";
import type { Registration } from "./bridges.ts";
import type { ControlRoute } from "./router.ts";
import type { ControlServer } from "./server.ts";
import { controlSocketPath } from "./socket-path.ts";

/** The control socket of a bridge, for those who let programs speak on it. */
export interface Door {
  /** Its path. */
  readonly socket: string;
  /** Has these be answered, too. They ask themselves who comes. */
  serve(route: ControlRoute): void;
  /** Opens it now, unless it is open. @throws the system's error. */
  open(): Promise<void>;
  /** Cuts whoever waits, for good. Never rejects. */
  stop(): Promise<void>;
}

export interface BridgeDoorOptions {
  readonly paths: ProjectPaths;
  /** The bridge's own. */
  readonly env: NodeJS.ProcessEnv;
  readonly needs: () => Promise<WebNeeds>;
  readonly clock: Clock;
  readonly log: Log;
}

/** The control socket of a bridge, and the entry by which others find it. What it needs is loaded when it opens. */
export class BridgeDoor implements Door {
  readonly socket: string;
  readonly #options: BridgeDoorOptions;
  readonly #routes: ControlRoute[] = [];
  #server: Promise<ControlServer> | undefined;
  #registration: Registration | undefined;
  #isOver = false;

  constructor(options: BridgeDoorOptions) {
    this.#options = options;
    this.socket = controlSocketPath(options.paths.state, options.env);
  }

  serve(route: ControlRoute): void {
    this.#routes.push(route);
  }

  async open(): Promise<void> {
    if (this.#isOver) return;
    const isFirst = this.#server === undefined;
    this.#server ??= this.#load();
    const server = await this.#server;
    if (this.#isOver) return;
    await server.open();
    if (isFirst) await this.#register();
  }

  /** Opens it soon after the start, and again where its files were removed. Never rejects. */
  async keep(): Promise<void> {
    try {
      await this.open();
      this.#registration?.renew();
    } catch (error) {
      this.#options.log.warn("the control socket cannot be opened", { error });
    }
  }

  /** As `keep`, for one that has been open. */
  renew(): void {
    if (this.#registration) void this.keep();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#registration?.end();
    this.#registration = undefined;
    const server = await this.#server?.catch(() => undefined);
    await server?.stop();
  }

  async #load(): Promise<ControlServer> {
    const { needs, clock, log } = this.#options;
    const { ControlServer } = await import("./server.ts");
    return new ControlServer({ path: this.socket, routes: this.#routes, needs, clock, log });
  }

  /** Without it the bridge is still found from its folder. */
  async #register(): Promise<void> {
    const { paths, env, log } = this.#options;
    try {
      const { registerBridge } = await import("./bridges.ts");
      if (!this.#isOver) this.#registration = registerBridge(paths, this.socket, env);
    } catch (error) {
      log.warn("the bridge cannot be found from elsewhere", { error });
    }
  }
}
