declare module 'subset-font' {
  /** Makes a font from another: with fewer glyphs, or a variable font at fixed values of its axes. */
  function subsetFont(
    font: Uint8Array,
    text: string | undefined,
    options: {
      targetFormat: 'truetype';
      variationAxes?: Record<string, number>;
      keepAllGlyphs?: boolean;
      noHinting?: boolean;
    },
  ): Promise<Buffer>;
  export = subsetFont;
}

declare module 'bidi-js' {
  function bidiFactory(): {
    /** A level for each UTF-16 unit; odd levels are right to left. */
    getEmbeddingLevels(
      text: string,
      direction?: 'ltr' | 'rtl' | 'auto',
    ): { levels: Uint8Array; paragraphs: { start: number; end: number; level: number }[] };
    /** The other character of a pair such as brackets, or null. */
    getMirroredCharacter(character: string): string | null;
  };
  export = bidiFactory;
}
