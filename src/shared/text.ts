/** Zero-width characters without meaning: two names that differ only in them look the same. */
const NOTHING = /[\u00ad\u200b\u2060\ufeff]/gu;
const WHITE_SPACE = /\s+/gu;
/** Vertical tab and form feed, which word processors use as line breaks. */
const OTHER_LINE_BREAKS = /[\v\f]/gu;
const CONTROL = /\p{Cc}/u;
const CONTROL_IN_LINES = /[^\P{Cc}\t\n\r]/u;
/** Embeddings, overrides and isolates change the order in which the following text is shown. */
const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/u;
const BIDI_OVERRIDE = /[\u202d\u202e]/u;
/** Anything visible on a screen: no spaces, control or format characters, bare accents, fillers. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * Returns a name as it is stored: NFC, in one line, with single spaces between words and none around them.
 */
export function normalizedLine(text: string): string {
  return text.normalize('NFC').replace(NOTHING, '').replace(WHITE_SPACE, ' ').trim();
}

/** Returns a longer text as it is stored: NFC, with its line breaks, tabs and spaces. */
export function normalizedProse(text: string): string {
  return text.normalize('NFC').replace(OTHER_LINE_BREAKS, '\n');
}

/**
 * Whether a text can be stored: PostgreSQL cannot store NUL, and a lone surrogate cannot be written as
 * UTF-8.
 */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Whether every key and text of a JSON value can be stored. */
export function isStorableJson(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorableJson(item));
}

/** Whether a name has no invisible character that changes what a reader sees. */
export function isPlainLine(text: string): boolean {
  return !CONTROL.test(text) && !BIDI_CONTROL.test(text);
}

/**
 * The same for a longer text. Embeddings and isolates are allowed: writers of Arabic or Hebrew need them,
 * and they end with their paragraph. Overrides are refused, because they only make text look like another.
 */
export function isPlainProse(text: string): boolean {
  return !CONTROL_IN_LINES.test(text) && !BIDI_OVERRIDE.test(text);
}

/** Whether a text shows anything at all. */
export function showsAnything(text: string): boolean {
  return VISIBLE.test(text);
}
