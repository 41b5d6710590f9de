import { call } from "./api.ts";
import { element } from "./elements.ts";

/**
 * Lets one choose files and puts them into the folder in which the terminal's program is.
 * @returns what came of it, in a sentence; undefined when nothing was chosen
 * @throws Refused
 */
export async function uploadFiles(session: string, token: string): Promise<string | undefined> {
  const names: string[] = [];
  let folder = "";
  for (const file of await chosenFiles()) {
    const where = `/v1/sessions/${encodeURIComponent(session)}/files?name=${encodeURIComponent(file.name)}`;
    const put = (await (await call("POST", where, token, file)).json()) as { folder: string; name: string };
    names.push(put.name);
    folder = put.folder;
  }
  return names.length === 0 ? undefined : `${names.join(", ")} → ${folder}`;
}

/** @throws Refused */
export async function downloadFile(session: string, path: string, token: string): Promise<void> {
  const where = `/v1/sessions/${encodeURIComponent(session)}/files?path=${encodeURIComponent(path)}`;
  const bytes = await (await call("GET", where, token)).blob();
  const address = URL.createObjectURL(bytes);
  element("a", { href: address, download: path.split("/").at(-1) ?? "file" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function chosenFiles(): Promise<readonly File[]> {
  const chooser = element("input", { type: "file", multiple: "" });
  return new Promise((resolve) => {
    chooser.addEventListener("change", () => resolve([...(chooser.files ?? [])]));
    chooser.addEventListener("cancel", () => resolve([]));
    chooser.click();
  });
}
