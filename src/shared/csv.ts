import { stringify } from 'csv-stringify/sync';

export const BOM = '\uFEFF';

/**
 * Where a spreadsheet may take what follows for a formula: at the beginning of a cell, and behind anything that begins
 * another cell for a program that separates by something else, quotes between them or not. The full-width signs are the
 * same as the others to some of them.
 */
const FORMULA = /(^|[,;|\t\r\n])("*)(?=[=+\-@\t\r＝＋－＠])/g;

/** A text that no spreadsheet runs: an apostrophe before a formula makes it a text there. */
export const defused = (text: string): string => text.replace(FORMULA, "$1$2'");

/** Lines of a CSV file by RFC 4180, every value in quotes; null is no value. Texts of people must be `defused` before. */
export const csvLines = (rows: readonly (readonly (string | number | null)[])[]): string =>
  stringify(rows as (string | number | null)[][], {
    quoted_string: true,
    quoted_empty: false,
    record_delimiter: '\r\n',
  });
