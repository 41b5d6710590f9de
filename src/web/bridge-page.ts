import type { Access } from "../chat/access.ts";
import type { MenuButtons } from "../chat/menu-buttons.ts";
import type { Messenger } from "../chat/messenger.ts";
import type { Terminals } from "../chat/terminals/terminals.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { ProjectPaths } from "../project.ts";
import { within } from "../within.ts";
import type { WebNeeds } from "./needs.ts";
import type { Web } from "./start-web.ts";

export interface BridgePageOptions {
  readonly config: () => Config;
  readonly paths: ProjectPaths;
  /** The bridge's own, for the tunnel's program. */
  readonly env: NodeJS.ProcessEnv;
  readonly terminals: Terminals;
  readonly access: Access;
  readonly messenger: Messenger;
  readonly needs: () => Promise<WebNeeds>;
  readonly clock: Clock;
  readonly log: Log;
  /** Says something about the bridge itself where it is worked with. */
  readonly tell: (text: string) => void;
  /** For the person at the console. */
  readonly announce: (line: string) => void;
}

/** What has to be delivered at the end needs the rest of the time. */
const LAST_CALL_MS = 2_000;

/** The page of a bridge. What it needs is loaded when it starts, which is after the bridge has. */
export class BridgePage {
  readonly #options: BridgePageOptions;
  #web: Web | undefined;
  #menu: MenuButtons | undefined;
  #settings = "";
  /** One change after the other. */
  #line: Promise<void> = Promise.resolve();

  constructor(options: BridgePageOptions) {
    this.#options = options;
  }

  /** Serves the page as the settings of the moment want it. Resolves when it does. Never rejects. */
  follow(): Promise<void> {
    this.#line = this.#line.then(async () => {
      await this.#follow();
      await this.#lead();
    });
    return this.#line;
  }

  /** Where a phone finds a terminal; undefined as long as it cannot reach the page. */
  addressOf(session: string): string | undefined {
    const url = this.#web?.url;
    return url && new URL(`/?session=${encodeURIComponent(session)}`, url).href;
  }

  /** Of the page itself, on this machine unless phones have one; undefined as long as there is none. */
  get address(): string | undefined {
    return this.#web && (this.#web.url?.href ?? `http://127.0.0.1:${this.#web.port}/`);
  }

  /** How to get to a terminal on the page, as long as a phone cannot; undefined where there is no page. */
  wayTo(session?: string): string | undefined {
    if (!this.#web || this.#web.url) return undefined;
    const { tunnel } = this.#options.config().web;
    const here = ["nanogent open", session].filter(Boolean).join(" ");
    return tunnel
      ? `On the page: ${here} at the machine. For phones it has no address yet, ${tunnel} is to give it one.`
      : `On the page: ${here} at the machine, or on the phone with NANOGENT_TUNNEL or NANOGENT_PUBLIC_URL.`;
  }

  /** Writes again what leads here, when it is gone. */
  rewrite(): void {
    this.#web?.rewrite();
  }

  /** Somebody who may use the bot writes in this chat. */
  met(chatId: number): void {
    this.#menu?.met(chatId);
  }

  /** Never rejects. */
  stop(): Promise<void> {
    this.#line = this.#line.then(async () => {
      // A tunnel's address ends with it. One that is set stays, and the next life may be there in a moment.
      const endsToo = this.#web && this.#options.config().web.tunnel;
      const taken = endsToo && this.#menu?.follow(undefined);
      await Promise.all([this.#stop(), taken && within(taken, LAST_CALL_MS)]);
    });
    return this.#line;
  }

  async #follow(): Promise<void> {
    const { config, log, announce } = this.#options;
    const { web } = config();
    const settings = JSON.stringify(web);
    if (settings === this.#settings) return;
    await this.#stop();
    this.#settings = settings;
    if (!web.on) return;
    try {
      const web = await this.#start();
      this.#web = web;
      web.onUrl(() => this.#web === web && void this.#lead());
    } catch (error) {
      log.error("page not served", { error });
      announce(`No page: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Has what is in the chat lead to where the page is now. Nobody waits for what Telegram says to that. */
  async #lead(): Promise<void> {
    const { messenger, access, paths, log, terminals } = this.#options;
    if (!this.#menu) {
      const { MenuButtons } = await import("../chat/menu-buttons.ts");
      this.#menu = new MenuButtons({
        ...{ messenger, log, path: paths.menuButtons },
        owners: () => access.owners,
      });
    }
    void this.#menu.follow(this.#web?.url);
    void terminals.followAddress();
  }

  async #start(): Promise<Web> {
    const { config, paths, env, clock, log, tell, needs } = this.#options;
    const [{ startWeb }, { page }] = await Promise.all([import("./start-web.ts"), import("./page.ts")]);
    return startWeb({
      ...{ config: config(), paths, env, page, clock, log },
      needs: await needs(),
      onFault: (fault) => tell(`⚠️ ${fault}`),
    });
  }

  async #stop(): Promise<void> {
    this.#settings = "";
    const web = this.#web;
    this.#web = undefined;
    await web?.stop().catch((error) => this.#options.log.error("page not ended", { error }));
  }
}
