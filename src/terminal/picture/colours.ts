/** Colours are numbers, 0xRRGGBB. */
export const BACKGROUND = 0x16181d;
export const FOREGROUND = 0xd8dbe2;

/** The sixteen that programs name, light enough to be read on the dark background. */
const NAMED = [
  0x000000, 0xcd3131, 0x0dbc79, 0xe5e510, 0x2e7fd6, 0xbc3fbc, 0x11a8cd, 0xd0d0d0, 0x767676, 0xf14c4c,
  0x23d18b, 0xf5f543, 0x5aa5f5, 0xd670d6, 0x29b8db, 0xffffff,
];

/** The palette of 256: those with names, a cube of six steps for each of red, green and blue, and 24 greys. */
export const PALETTE: readonly number[] = Array.from({ length: 256 }, (_, index) => {
  const named = NAMED[index];
  if (named !== undefined) return named;
  if (index >= 232) return (8 + 10 * (index - 232)) * 0x010101;
  const step = (value: number): number => (value === 0 ? 0 : 55 + 40 * value);
  const cube = index - 16;
  return (step(Math.floor(cube / 36)) << 16) | (step(Math.floor(cube / 6) % 6) << 8) | step(cube % 6);
});

/** The colour half way between two. */
export function blend(one: number, other: number): number {
  return ((one & 0xfefefe) + (other & 0xfefefe)) >>> 1;
}
