/** Places that IANA has renamed, by the names that ICU (Node, browsers) still uses. */
const RENAMED: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** Returns the name that IANA now gives a place; names that have not changed stay the same. */
export const renamedTimeZone = (name: string): string => RENAMED[name] ?? name;

/**
 * IANA's canonical names. Abbreviations and old links such as IST or EST are not among them, because
 * different people mean different places by them.
 */
export const TIME_ZONES: ReadonlySet<string> = new Set([
  'UTC',
  ...Intl.supportedValuesOf('timeZone').map(renamedTimeZone),
]);

/** Suggests a canonical name for one that is not; null if the name means nothing. */
function suggestionFor(name: string): string | null {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    const canonical = renamedTimeZone(timeZone);
    return TIME_ZONES.has(canonical) ? canonical : null;
  } catch {
    return null;
  }
}

/** Says why a name is not accepted as a time zone, and what to send instead; null if it is accepted. */
export function timeZoneProblem(name: string): string | null {
  if (TIME_ZONES.has(renamedTimeZone(name))) return null;
  const suggestion = suggestionFor(name);
  return suggestion === null
    ? 'is not an IANA time zone such as Europe/Berlin'
    : `is not a canonical IANA time zone: use ${suggestion}`;
}
