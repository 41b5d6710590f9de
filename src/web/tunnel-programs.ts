import type { TunnelName } from "../config-keys.ts";

/** A program that makes a local port reachable, and tells the address in its output. */
export interface TunnelProgram {
  readonly command: string;
  readonly args: (port: number) => readonly string[];
  /** The address that a line of its output tells. */
  readonly address: RegExp;
  /** Where it comes from, for people who do not have it. */
  readonly home: string;
}

export const TUNNEL_PROGRAMS: Readonly<Record<TunnelName, TunnelProgram>> = {
  // https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/do-more-with-tunnels/trycloudflare/
  cloudflared: {
    command: "cloudflared",
    args: (port) => ["tunnel", "--no-autoupdate", "--url", `http://127.0.0.1:${port}`],
    // It names its terms and its API's host as well, which are no tunnels.
    address: /https:\/\/(?!api\.)[a-z0-9-]+\.trycloudflare\.com(?![\w.-])/,
    home: "https://github.com/cloudflare/cloudflared",
  },
  // In the foreground, so that its end takes the address back: https://tailscale.com/kb/1242/tailscale-serve
  tailscale: {
    command: "tailscale",
    args: (port) => ["serve", `http://127.0.0.1:${port}`],
    address: /https:\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)*\.ts\.net(?::\d+)?(?![\w.-])/,
    home: "https://tailscale.com/download",
  },
};
