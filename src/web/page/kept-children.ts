/**
 * Shows these children and keeps those that look the same as before, so that the focus stays where it is and a screen
 * reader says only what is new. Under a finger nothing is exchanged: its press would be lost.
 * @returns the function that shows them, now or when the finger is lifted
 */
export function keptChildren(parent: HTMLElement): (children: readonly HTMLElement[]) => void {
  let held = false;
  let waiting: readonly HTMLElement[] | undefined;
  const show = (children: readonly HTMLElement[]): void => {
    waiting = held ? children : undefined;
    if (held) return;
    const before = [...parent.children];
    for (const [place, child] of children.entries()) {
      const old = before[place];
      if (old === undefined) parent.append(child);
      else if (!old.isEqualNode(child)) old.replaceWith(child);
    }
    for (const old of before.slice(children.length)) old.remove();
  };
  parent.addEventListener("pointerdown", () => {
    held = true;
  });
  for (const kind of ["pointerup", "pointercancel", "pointerleave"] as const)
    parent.addEventListener(kind, () => {
      held = false;
      // After the click that may follow.
      setTimeout(() => waiting !== undefined && show(waiting));
    });
  return show;
}
