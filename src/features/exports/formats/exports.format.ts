import type { WrittenColumn } from '../tables/exports.source.sql';

/** What a part is made of: bytes, and how many texts had to be cut to fit. */
export interface WrittenPart {
  bytes: Buffer;
  cutTexts: number;
}

/** The parts of a file in their order, each read when it is its turn. */
export interface StoredParts {
  count: number;
  read(part: number): Promise<AsyncIterable<Uint8Array>>;
}

/** What the assembly needs beside the parts. */
export interface FileFrame {
  columns: readonly WrittenColumn[];
  bom: boolean;
  /** The numbers of the parts with which a sheet begins; the first is 0. */
  sheetStarts: readonly number[];
  title: string;
}

/**
 * A way to write a table. Rows become parts that are stored one by one; a part depends on nothing but its rows, so one
 * that is written again is the same. In the end the parts are put together, as often as it takes.
 */
export interface TableFormatter {
  readonly contentType: string;
  readonly extension: string;
  /** Rows that fit on one sheet; null where there are no sheets. */
  readonly sheetRows: number | null;
  part(columns: readonly WrittenColumn[], rows: readonly (readonly (string | null)[])[]): WrittenPart;
  assemble(parts: StoredParts, frame: FileFrame): AsyncIterable<Uint8Array>;
}

/** All parts, one after the other. */
export async function* concatenated(
  parts: StoredParts,
  from = 0,
  to = parts.count,
): AsyncIterable<Uint8Array> {
  for (let part = from; part < to; part += 1) yield* await parts.read(part);
}
