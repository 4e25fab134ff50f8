/** Letters that Unicode does not decompose into a base letter and a mark. */
const LATIN: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
};

/** The text in lower case, its Latin letters in ASCII: `Łódź` is `lodz`. Letters of other scripts stay as they are. */
export function asciiLatin(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/(?<=[a-zæœøı])\p{M}+/gu, '')
    .normalize('NFKC')
    .replace(/\P{ASCII}/gu, (letter) => LATIN[letter] ?? letter);
}
