/** A picture as numbers of colours, row by row. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array | Uint32Array;
  /** The colours by number, 0xRRGGBB. With more than 256 the pixels are a Uint32Array. */
  readonly colours: readonly number[];
}

/** Gives each colour a number, in the order of their first use. */
export class ColourTable {
  readonly colours: number[] = [];
  readonly #numbers = new Map<number, number>();

  numberOf(colour: number): number {
    const known = this.#numbers.get(colour);
    if (known !== undefined) return known;
    this.#numbers.set(colour, this.colours.length);
    return this.colours.push(colour) - 1;
  }
}
