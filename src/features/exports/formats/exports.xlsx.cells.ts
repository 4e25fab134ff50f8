import type { ColumnType } from '../exports.types';

/** If a cell has more characters than this, Excel reports the whole file as damaged. */
const MAX_TEXT = 32_767;
/** Excel rounds numbers with more than 15 digits, which would change an id or a count. */
const MAX_DIGITS = 15;
const DAY_MS = 86_400_000;
/** 1970-01-01 in Excel's count of days. */
const EPOCH_DAY = 25_569;
const DATE_LENGTH = '2026-03-29'.length;
/**
 * Excel knows no time zones: its cells show the school's local time, and the column beside it has the
 * moment itself.
 */
const OFFSET = /[+-]\d\d:\d\d$/;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/**
 * Characters that XML cannot contain, a carriage return that it would change, and text that looks like
 * Excel's escape.
 */
const UNWRITABLE = /(?![\t\n])\p{Cc}|[\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4}_)/gu;

/** Returns text for XML; characters that it cannot contain are escaped as Excel does: `_x0007_`. */
export function escapeXml(text: string): string {
  return text
    .replace(UNWRITABLE, (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(/[&<>"]/g, (char) => ESCAPES[char] as string);
}

/** 1 is A, 27 is AA. */
export function columnLetters(column: number): string {
  let letters = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return letters;
}

function textCell(text: string, cut: { texts: number }): string {
  let shown = text;
  if (shown.length > MAX_TEXT) {
    cut.texts += 1;
    // A character of two UTF-16 units is not cut in the middle.
    shown = `${shown.slice(0, MAX_TEXT - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
  }
  return `<c t="inlineStr"><is><t xml:space="preserve">${escapeXml(shown)}</t></is></c>`;
}

const numberCell = (text: string, cut: { texts: number }): string =>
  text.replace(/\D/g, '').length > MAX_DIGITS ? textCell(text, cut) : `<c><v>${text}</v></c>`;

/** `2026-03-29` or `2026-03-29T`…; a time without an offset is read as UTC, in which no hour is missing. */
const dayCell = (text: string, style: number): string =>
  `<c s="${style}"><v>${Date.parse(text.length > DATE_LENGTH ? `${text}Z` : text) / DAY_MS + EPOCH_DAY}</v></c>`;

/** Returns a cell; local times and dates get Excel's own types. @param cut counts texts that had to be cut */
export function cell(text: string | null, type: ColumnType, cut: { texts: number }): string {
  if (text === null) return '<c/>';
  if (type === 'integer' || type === 'number') return numberCell(text, cut);
  if (type === 'boolean') return `<c t="b"><v>${text === 'true' ? 1 : 0}</v></c>`;
  if (type === 'local_time') return dayCell(text.replace(OFFSET, ''), 1);
  if (type === 'date') return dayCell(text, 2);
  return textCell(text, cut);
}
