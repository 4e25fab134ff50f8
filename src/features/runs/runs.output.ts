/** What PostgreSQL's jsonb cannot hold. */
function storableText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}

function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), storable(item)]));
}

/** Models like to wrap JSON in a Markdown fence, whatever they are told. */
const FENCED = /^```[a-z]*\s*\n([\s\S]*?)\n?\s*```$/i;

export type ParsedOutput = { ok: true; value: unknown } | { ok: false };

/** The JSON value in a model's answer, without characters that cannot be stored. */
export function parseOutput(text: string): ParsedOutput {
  const trimmed = text.trim();
  try {
    return { ok: true, value: storable(JSON.parse(FENCED.exec(trimmed)?.[1] ?? trimmed)) };
  } catch {
    return { ok: false };
  }
}

/** The same for an answer that is kept as it came. */
export function storableAnswer(text: string): string {
  return storableText(text);
}
