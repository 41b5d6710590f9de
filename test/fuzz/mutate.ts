/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Makes garbage of what is right. The same seed makes the same garbage. */
export interface Mutator {
  /** 0 up to `below`, which is left out. */
  int(below: number): number;
  /** True about once in `times`. */
  once(times: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A changed copy, as `JSON.parse` could have made it. */
  value(value: Json): Json;
  /** The value as text, changed before or after. */
  json(value: Json): string;
  text(text: string): string;
  bytes(bytes: Buffer): Buffer;
}

/** Keys that mean something to JavaScript, and some that mean something to the program. */
const KEYS = [
  "__proto__",
  "constructor",
  "toString",
  "valueOf",
  "toJSON",
  "length",
  "then",
  "id",
  "type",
  "",
];
const NUMBERS = [0, -0, -1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 53), 1e21, 1e308, -1e308, 5e-324, Infinity];
const TEXTS = [
  ...[
    "",
    " ",
    "\0",
    "\r\n",
    "\u001b[2J",
    "\u2028",
    "\u202e",
    "\ud800",
    "\udc00x",
    "\ufeff",
    "👩‍👩‍👧",
    "한글",
  ],
  ...["__proto__", "toString", "7", "../../x", "/etc/passwd", "-rf", "$(touch pwned)", "`id`", "null", "{}"],
];
const BYTES = [0x00, 0x0a, 0x0d, 0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x80, 0xc3, 0xed, 0xf4, 0xff];

/** @param seed Any 32-bit integer. */
export function mutator(seed: number): Mutator {
  let state = seed >>> 0;
  // Mulberry32: a few lines, and good enough to spread the cases.
  const random = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(random() * below);
  const once = (times: number): boolean => int(times) === 0;
  const pick = <T>(list: readonly T[]): T => list[int(list.length)] as T;

  function deep(): Json {
    const depth = once(4) ? 20_000 : 1 + int(60);
    let inner: Json = pick(TEXTS);
    const inList = once(2);
    for (let level = 0; level < depth; level += 1) inner = inList ? [inner] : { a: inner };
    return inner;
  }

  function anything(): Json {
    switch (int(9)) {
      case 0:
        return null;
      case 1:
        return once(2);
      case 2:
      case 3:
        return pick(NUMBERS);
      case 4:
        return pick(TEXTS);
      case 5:
        return [];
      case 6:
        return { [pick(KEYS.slice(1))]: pick(TEXTS) };
      case 7:
        return once(2) ? deep() : [pick(NUMBERS), pick(TEXTS)];
      default:
        return once(8) ? pick(TEXTS).repeat(1 + int(4_000)) : {};
    }
  }

  function changed(value: Json): Json {
    if (typeof value === "string" && !once(3)) return text(value);
    if (typeof value === "number" && once(3)) return once(2) ? String(value) : value + pick([1, -1, 0.5]);
    return anything();
  }

  function inObject(value: { readonly [key: string]: Json }): Json {
    const entries = Object.entries(value);
    const [key, inner] = entries.length === 0 ? ["", null] : pick(entries);
    switch (int(8)) {
      case 0:
        return objectOf(entries.filter(([name]) => name !== key));
      case 1:
        return objectOf([...entries, [pick(KEYS), anything()]]);
      case 2:
        return objectOf([
          ...entries,
          [key, once(2) ? (pick(entries.map(([, each]) => each)) ?? null) : inner],
        ]);
      case 3:
        return objectOf(entries.toSorted(() => int(3) - 1));
      case 4:
        return once(4)
          ? [value]
          : objectOf(entries.map(([name, each]) => [name, name === key ? [each] : each]));
      default:
        return objectOf(entries.map(([name, each]) => [name, name === key ? oneChange(each) : each]));
    }
  }

  function inList(value: readonly Json[]): Json {
    const at = int(value.length);
    const item = value[at];
    if (item === undefined || once(6)) return [...value, anything()];
    if (once(5)) return value.toSpliced(at, 1);
    if (once(5)) return [...value, ...value];
    return value.with(at, oneChange(item));
  }

  function oneChange(value: Json): Json {
    if (once(9)) return changed(value);
    if (Array.isArray(value)) return inList(value);
    if (typeof value === "object" && value !== null)
      return inObject(value as { readonly [key: string]: Json });
    return changed(value);
  }

  function text(given: string): string {
    const at = int(given.length + 1);
    switch (int(6)) {
      case 0:
        return given.slice(0, at);
      case 1:
        return given.slice(at);
      case 2:
        return given + given;
      case 3:
        return once(12) ? given + pick(TEXTS).repeat(1 + int(6_000)) : pick(TEXTS);
      default:
        return given.slice(0, at) + pick(TEXTS) + given.slice(once(2) ? at : at + 1);
    }
  }

  function bytes(given: Buffer): Buffer {
    const at = int(given.length + 1);
    const end = Math.min(given.length, at + 1 + int(12));
    const parts = ((): Uint8Array[] => {
      switch (int(6)) {
        case 0:
          return [given.subarray(0, at)];
        case 1:
          return [given.subarray(at)];
        case 2:
          return [given.subarray(0, end), given.subarray(at)];
        case 3:
          return [given.subarray(0, at), given.subarray(end)];
        default:
          return [given.subarray(0, at), Buffer.of(pick(BYTES)), given.subarray(once(2) ? at : at + 1)];
      }
    })();
    return Buffer.concat(parts);
  }

  function value(given: Json): Json {
    let result = given;
    for (let changes = 1 + (once(3) ? int(4) : 0); changes > 0; changes -= 1) result = oneChange(result);
    return result;
  }

  return {
    int,
    once,
    pick,
    text,
    bytes,
    value,
    json(given) {
      if (once(3)) return bytes(Buffer.from(JSON.stringify(given))).toString("utf8");
      try {
        // JSON.stringify writes an infinite number as null; a text can hold one.
        return (JSON.stringify(value(given)) ?? "").replaceAll(":null", once(2) ? ":1e999" : ":null");
      } catch {
        // It is nested deeper than it can be written, but not deeper than it can be read.
        const places = [...JSON.stringify(given).matchAll(/:("[^"]*"|[\d.]+|true|false|null)/g)];
        const { 0: place = "", index = 0 } = places.length === 0 ? {} : pick(places);
        const written = JSON.stringify(given);
        const nested = once(2) ? ["[", "]"] : ['{"a":', "}"];
        const middle = `:${nested[0]?.repeat(20_000)}0${nested[1]?.repeat(20_000)}`;
        return written.slice(0, index) + middle + written.slice(index + place.length);
      }
    },
  };
}

/** As `JSON.parse` makes objects: `__proto__` is a field like any other, and of two with one name the last counts. */
function objectOf(entries: readonly (readonly [string, Json])[]): { readonly [key: string]: Json } {
  const object: { [key: string]: Json } = {};
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return object;
}
