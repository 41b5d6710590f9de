let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for single characters (UAX 29), each with the place where it begins in the text. */
export function graphemes(text: string): Iterable<{ readonly segment: string; readonly index: number }> {
  // Loading its tables takes longer than all else at the start, so that waits for the first text that needs them.
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}
