/** A promise that is settled from outside. */
export interface Later<T> {
  readonly promise: Promise<T>;
  /** Only the first one counts. */
  settle(value: T): void;
}

export function later<T>(): Later<T> {
  let settle = (_value: T): void => {};
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
