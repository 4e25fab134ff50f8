import type { WrittenColumn } from '../tables/exports.source.sql';

/** A written part: its bytes, and how many texts had to be cut. */
export interface WrittenPart {
  bytes: Buffer;
  cutTexts: number;
}

/** The parts of a file in order, each read when it is needed. */
export interface StoredParts {
  count: number;
  read(part: number): Promise<AsyncIterable<Uint8Array>>;
}

/** What the assembly needs in addition to the parts. */
export interface FileFrame {
  columns: readonly WrittenColumn[];
  bom: boolean;
  /** The numbers of the parts with which a sheet begins; the first is 0. */
  sheetStarts: readonly number[];
  title: string;
}

/**
 * Writes a table in one format. Rows become parts that are stored one by one; a part depends only on its
 * rows, so writing it again gives the same bytes. At the end the parts are assembled, as often as
 * necessary.
 */
export interface TableFormatter {
  readonly contentType: string;
  readonly extension: string;
  /** Rows that fit on one sheet; null if the format has no sheets. */
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
