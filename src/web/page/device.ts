/** What this device likes, and what this tab must know after it has been loaded again. */
interface Remembered {
  read(key: string): string | undefined;
  write(key: string, value: string | undefined): void;
}

function remembered(storage: () => Storage): Remembered {
  return {
    read(key) {
      try {
        return storage().getItem(`nanogent.${key}`) ?? undefined;
      } catch {
        return undefined; // Storage is refused to a page in a frame by some browsers.
      }
    },
    write(key, value) {
      try {
        if (value === undefined) storage().removeItem(`nanogent.${key}`);
        else storage().setItem(`nanogent.${key}`, value);
      } catch {
        // Then it is forgotten with the page.
      }
    },
  };
}

export const device = remembered(() => localStorage);
export const tab = remembered(() => sessionStorage);

/** Whether one types on glass here. */
export const touches = (): boolean => matchMedia("(pointer: coarse)").matches;
