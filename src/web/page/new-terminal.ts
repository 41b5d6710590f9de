import { button, element } from "./elements.ts";
import { icon } from "./icons.ts";
import { askLine, type Choice, openSheet } from "./sheet.ts";
import { placeWords } from "./words.ts";

/** Opens a terminal: where, and with which command; without one it is the shell there. */
type Create = (where: string, command?: string) => void;

/** The button below the list. @param hosts where terminals can be opened; not none */
export function newTerminal(hosts: readonly string[], create: Create): HTMLElement {
  const made = button({ class: "primary" }, () => openKinds(hosts, create));
  made.append(icon("plus"), "New terminal");
  return element("div", { class: "foot", "data-hosts": hosts.join() }, made);
}

function openKinds(hosts: readonly string[], create: Create): void {
  const [first = "host"] = hosts;
  const places = element("div", { class: "places", role: "group", "aria-label": "Where" });
  const choose = openSheet("New terminal", kinds(first, create), places);
  if (hosts.length === 1 && first === "host") return void places.remove();
  for (const where of hosts) {
    const place = button({ class: "pill", "aria-pressed": String(where === first) }, () => {
      for (const each of places.children) each.setAttribute("aria-pressed", String(each === place));
      choose(kinds(where, create));
    });
    place.append(placeWords(where));
    places.append(place);
  }
}

function kinds(where: string, create: Create): Choice[] {
  const claude: Choice[] = [
    { label: "Claude", note: "It asks before it acts.", act: () => create(where, "claude") },
    {
      label: "Claude without permissions",
      note: "⚠ It does whatever it likes without asking.",
      danger: true,
      act: () => create(where, "claude --dangerously-skip-permissions"),
    },
  ];
  return [
    { label: "Shell", act: () => create(where) },
    ...(where === "host" ? claude : []),
    {
      label: "Any command…",
      act: () => askLine("Run a command", "vim notes.md", (command) => create(where, command)),
    },
  ];
}
