/** What a bench measured, next to a baseline of the same run. Values are medians. */
export interface Row {
  readonly bench: string;
  readonly what: string;
  readonly unit: string;
  readonly runs: number;
  readonly value: number;
  /** Only with enough runs to mean something. */
  readonly p99?: number;
  readonly baseline?: { readonly what: string; readonly value: number; readonly p99?: number };
  /** Value to baseline; none to a baseline of zero. */
  readonly ratio?: number;
  /** Value minus baseline. */
  readonly difference?: number;
  readonly target?: Target;
  readonly met?: boolean;
}

/** A limit for one of a row's numbers. */
export interface Target {
  readonly of: "value" | "ratio" | "difference";
  readonly atMost?: number;
  readonly atLeast?: number;
}

export interface Measured {
  readonly bench: string;
  readonly what: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly baseline?: { readonly what: string; readonly values: readonly number[] };
  readonly target?: Target;
}

/** One bench. `quick` is for a look at whether it works at all: its numbers mean nothing. */
export type Bench = (options: { readonly quick: boolean }) => Promise<readonly Row[]>;

/** Milliseconds on the clock that all processes of a machine share (CLOCK_MONOTONIC on Linux). */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * Milliseconds since the epoch, finer than `Date.now()`, for comparing with the `date` of another program. Good for
 * some seconds: the system's clock may be adjusted meanwhile.
 */
export function epochClock(): () => number {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  const origin = now - performance.now();
  return () => origin + performance.now();
}

/**
 * Measures subjects in turn (A, B, A, B, …), so that a busy moment of the machine hits all of them. A first round
 * warms up and does not count.
 * @returns the values of each subject.
 */
export async function interleave(
  rounds: number,
  subjects: readonly (() => number | Promise<number>)[],
): Promise<number[][]> {
  const values: number[][] = subjects.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      const value = await subject();
      if (round >= 0) values[index]?.push(value);
    }
  }
  return values;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `percent` of the values lie, by linear interpolation; NaN of nothing. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** Of fewer values the 99th percentile is only the worst one. */
const ENOUGH_FOR_P99 = 50;

/** @throws when nothing was measured. */
export function toRow({ bench, what, unit, values, baseline, target }: Measured): Row {
  if (values.length === 0 || baseline?.values.length === 0)
    throw new Error(`${bench}: nothing to measure came`);
  const value = median(values);
  const base = baseline && median(baseline.values);
  const numbers = {
    value,
    ...(base !== undefined && { difference: value - base }),
    ...(base !== undefined && base !== 0 && { ratio: value / base }),
  };
  return {
    ...{ bench, what, unit, runs: values.length, ...numbers, ...p99Of(values) },
    ...(baseline &&
      base !== undefined && { baseline: { what: baseline.what, value: base, ...p99Of(baseline.values) } }),
    ...(target && { target, met: isMet(target, numbers[target.of] ?? Number.NaN) }),
  };
}

function p99Of(values: readonly number[]): { p99?: number } {
  return values.length < ENOUGH_FOR_P99 ? {} : { p99: percentile(values, 99) };
}

function isMet(
  { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }: Target,
  value: number,
): boolean {
  return value <= atMost && value >= atLeast;
}
