export interface Waiting {
  /** 10 s unless told. */
  timeoutMs?: number;
  /** What is waited for, for the message of the failure. */
  what?: string;
}

type Truthy<T> = Exclude<T, false | 0 | "" | null | undefined>;

/** Lets tests wait for a condition, which is looked at again after each change and at no other time. */
export class Watch {
  readonly #explain: () => string;
  readonly #waiting = new Map<Promise<unknown>, { check(): void; fail(why: string): void }>();
  #scheduled = false;

  /** `explain` tells the state of things when a wait fails. */
  constructor(explain: () => string) {
    this.#explain = explain;
  }

  // Only once the change is complete: a condition must not see half of one.
  readonly changed = (): void => {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      for (const waiter of this.#waiting.values()) waiter.check();
    });
  };

  waitFor<T>(condition: () => T, { timeoutMs = 10_000, what }: Waiting): Promise<Truthy<T>> {
    let begin = () => {};
    const promise = new Promise<Truthy<T>>((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(promise);
      };
      const waiter = {
        check: () => {
          try {
            const value = condition();
            if (value instanceof Promise) throw new TypeError("waitFor takes no asynchronous condition");
            if (!value) return;
            end();
            resolve(value as Truthy<T>);
          } catch (error) {
            end();
            reject(error);
          }
        },
        fail: (why: string) => {
          end();
          reject(new Error(`${why} waiting for ${what ?? condition.toString()}\n${this.#explain()}`));
        },
      };
      const timer = setTimeout(() => waiter.fail(`timed out after ${timeoutMs} ms`), timeoutMs);
      begin = () => {
        this.#waiting.set(promise, waiter);
        waiter.check();
      };
    });
    begin();
    return promise;
  }

  close(): void {
    for (const [promise, waiter] of this.#waiting) {
      // A test that failed meanwhile no longer looks at it: not one more error for that.
      promise.catch(() => {});
      waiter.fail("the fake was closed while");
    }
  }
}
