/** Zero-width characters that carry nothing: two names that differ in them alone look the same. */
const NOTHING = /[\u00ad\u200b\u2060\ufeff]/gu;
const WHITE_SPACE = /\s+/gu;
/** Vertical tab and form feed, which word processors put where a line ends. */
const OTHER_LINE_BREAKS = /[\v\f]/gu;
const CONTROL = /\p{Cc}/u;
const CONTROL_IN_LINES = /[^\P{Cc}\t\n\r]/u;
/** Embeddings, overrides and isolates: they change the order in which what comes after is shown. */
const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/u;
const BIDI_OVERRIDE = /[\u202d\u202e]/u;
/** Anything that leaves a mark on a screen: no spaces, control or format characters, bare accents, fillers. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A name as it is stored: NFC, in one line, one space between words, none around them. */
export function normalizedLine(text: string): string {
  return text.normalize('NFC').replace(NOTHING, '').replace(WHITE_SPACE, ' ').trim();
}

/** A longer text as it is stored: NFC, with its line breaks, tabs and spaces. */
export function normalizedProse(text: string): string {
  return text.normalize('NFC').replace(OTHER_LINE_BREAKS, '\n');
}

/** No NUL: PostgreSQL cannot store one. No lone surrogates: they cannot be written as UTF-8. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Whether every key and text of a JSON value can be stored. */
export function isStorableJson(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorableJson(item));
}

/** Whether a name holds nothing that a reader cannot see and that changes what they see. */
export function isPlainLine(text: string): boolean {
  return !CONTROL.test(text) && !BIDI_CONTROL.test(text);
}

/**
 * The same for a longer text. It may hold embeddings and isolates, which people who write Arabic or Hebrew need and
 * which end with their paragraph; overrides only ever make text look like another.
 */
export function isPlainProse(text: string): boolean {
  return !CONTROL_IN_LINES.test(text) && !BIDI_OVERRIDE.test(text);
}

/** Whether a text shows anything at all. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}
