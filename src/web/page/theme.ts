import type { ITheme } from "@xterm/xterm";
import { isDark, parseColours } from "./colours.ts";
import { onTelegram, tellTelegram } from "./telegram.ts";

const DARK = {
  bg: "#17191d",
  text: "#e8e9eb",
  hint: "#8d939c",
  accent: "#5aa7f0",
  accentText: "#08131f",
  panel: "#22252b",
  danger: "#ff6b63",
};
const LIGHT = {
  bg: "#ffffff",
  text: "#1b1f24",
  hint: "#6a727c",
  accent: "#1f7fd6",
  accentText: "#ffffff",
  panel: "#eff1f4",
  danger: "#c9302c",
};

const ANSI_DARK: ITheme = {
  black: "#3b4048",
  red: "#f2777a",
  green: "#8fc97c",
  yellow: "#e6c06b",
  blue: "#6cb0f5",
  magenta: "#cf9bea",
  cyan: "#62c7c9",
  white: "#ccd0d6",
  brightBlack: "#7d8590",
  brightRed: "#ff9a95",
  brightGreen: "#b0e29b",
  brightYellow: "#f7dc93",
  brightBlue: "#9accff",
  brightMagenta: "#e4bcf8",
  brightCyan: "#92e3e3",
  brightWhite: "#ffffff",
};
const ANSI_LIGHT: ITheme = {
  black: "#1b1f24",
  red: "#b3261e",
  green: "#1e7a34",
  yellow: "#8a6100",
  blue: "#0b5cad",
  magenta: "#8632a8",
  cyan: "#0a7076",
  white: "#767e88",
  brightBlack: "#59616b",
  brightRed: "#cf3a31",
  brightGreen: "#27913f",
  brightYellow: "#a37300",
  brightBlue: "#2074cc",
  brightMagenta: "#9c48bf",
  brightCyan: "#12868c",
  brightWhite: "#3a4149",
};

let current: ITheme = {};
const watchers = new Set<(theme: ITheme) => void>();

/** The terminal's colours, now and whenever Telegram or the system changes them. @returns what stops it. */
export function watchTheme(watcher: (theme: ITheme) => void): () => void {
  watchers.add(watcher);
  watcher(current);
  return () => watchers.delete(watcher);
}

/** Takes the colours of the launch data, and follows the app's and the system's changes. */
export function startTheme(launch: string | undefined): void {
  let given = parseColours(launch);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = (): void => show(given, dark.matches);
  onTelegram("theme_changed", ({ theme_params }) => {
    given = parseColours(JSON.stringify(theme_params));
    apply();
  });
  dark.addEventListener("change", apply);
  apply();
}

function show(given: Readonly<Record<string, string>>, systemIsDark: boolean): void {
  const background = given.bg_color;
  const dark = background === undefined ? systemIsDark : isDark(background);
  const own = dark ? DARK : LIGHT;
  const colours = {
    bg: background ?? own.bg,
    text: given.text_color ?? own.text,
    hint: given.hint_color ?? own.hint,
    accent: given.button_color ?? own.accent,
    "accent-text": given.button_text_color ?? own.accentText,
    panel: given.secondary_bg_color ?? own.panel,
    danger: given.destructive_text_color ?? own.danger,
  };
  const { style, dataset } = document.documentElement;
  for (const [name, value] of Object.entries(colours)) style.setProperty(`--${name}`, value);
  style.colorScheme = dark ? "dark" : "light";
  dataset.theme = style.colorScheme;
  current = {
    ...(dark ? ANSI_DARK : ANSI_LIGHT),
    background: colours.bg,
    foreground: colours.text,
    cursor: colours.accent,
    cursorAccent: colours.bg,
    overviewRulerBorder: "#00000000",
    selectionBackground: `${colours.accent}66`,
  };
  for (const watcher of watchers) watcher(current);
  tellTelegram("web_app_set_header_color", { color: colours.bg });
  tellTelegram("web_app_set_background_color", { color: colours.bg });
}
