/** `NO_PROXY`: a list of names that are reached directly, each with all that is below it; `*` for all. */
export function goesDirectly(host: string, environment: NodeJS.ProcessEnv): boolean {
  const list = environment.NO_PROXY ?? environment.no_proxy ?? "";
  const names = list.split(",").map((name) => name.trim().replace(/^\*?\./, ""));
  return names.some((name) => name === "*" || (name !== "" && (host === name || host.endsWith(`.${name}`))));
}
