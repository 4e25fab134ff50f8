import { stringify } from 'csv-stringify/sync';

export const BOM = '\uFEFF';

/**
 * Places where a spreadsheet may read what follows as a formula: at the beginning of a cell, and after any
 * character that begins another cell for a program with another separator, with or without quotes between.
 * Some programs treat the full-width signs like the others.
 */
const FORMULA = /(^|[,;|\t\r\n])("*)(?=[=+\-@\t\r＝＋－＠])/g;

/** Makes a text safe for spreadsheets: an apostrophe before a formula makes it a text. */
export const defused = (text: string): string => text.replace(FORMULA, "$1$2'");

/**
 * Returns lines of a CSV file (RFC 4180), with every value in quotes; null becomes an empty value. Texts
 * that users wrote must be `defused` before.
 */
export const csvLines = (rows: readonly (readonly (string | number | null)[])[]): string =>
  stringify(rows as (string | number | null)[][], {
    quoted_string: true,
    quoted_empty: false,
    record_delimiter: '\r\n',
  });
