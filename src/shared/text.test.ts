import { isEmail, normalizedEmail } from './email';
import { isPlainLine, isPlainProse, normalizedLine, normalizedProse, showsAnything } from './text';

describe('a name', () => {
  it.each([
    ['in NFD', 'Jose\u0301', 'Jos\u00e9'],
    ['with spaces around it', '  Ada  ', 'Ada'],
    ['with several spaces, tabs and line breaks in it', 'Ada \t\n  Lovelace', 'Ada Lovelace'],
    ['with other kinds of spaces', 'Ada\u00a0\u3000\u2003Lovelace', 'Ada Lovelace'],
    ['with zero-width characters', '\ufeffA\u200bd\u2060a\u00ad', 'Ada'],
    ['with joiners that a script needs', 'می\u200cخواهم', 'می\u200cخواهم'],
    ['with an emoji made of several', '👩\u200d🏫', '👩\u200d🏫'],
  ])('is stored in one form: %s', (_what, written, stored) => {
    expect(normalizedLine(written)).toBe(stored);
    expect(normalizedLine(normalizedLine(written))).toBe(stored);
  });

  it.each([
    'a\0b',
    'a\u0007b',
    'a\u001b[31mb',
    'a\u007fb',
    'a\u0085b',
    'a\u202eb',
    'a\u202ab',
    'a\u2066b\u2069',
  ])('may hide nothing: %j', (written) => {
    expect(isPlainLine(normalizedLine(written))).toBe(false);
  });

  it.each([
    '',
    ' ',
    '\u200b',
    '\u2060\u200b',
    '\u00ad',
    '\u3164',
    '\u2800',
    '\u200e\u200f',
    '\u0301',
    '\ufe0f',
    '\u{e0020}',
  ])('must show something: %j', (written) => {
    expect(showsAnything(normalizedLine(written))).toBe(false);
  });

  it.each(['Ada', '7', '李', 'عائشة', 'שָׁלוֹם', 'ਸਿਮਰਨ', '👩‍🏫', 'á', '-', '\u200fעדה'])(
    'may be %j',
    (written) => {
      const stored = normalizedLine(written);
      expect([isPlainLine(stored), showsAnything(stored)]).toEqual([true, true]);
    },
  );
});

describe('a text of several lines', () => {
  it('keeps its line breaks, tabs and spaces', () => {
    const poem = '  Roses\r\n\tare red,\n\nviolets  are blue.  ';
    expect([normalizedProse(poem), isPlainProse(poem)]).toEqual([poem, true]);
  });
  it('is stored in NFC, the line breaks of word processors as line breaks', () => {
    expect(normalizedProse('e\u0301\vnext\fpage')).toBe('\u00e9\nnext\npage');
  });
  it('may hold what Arabic and Hebrew need, and no override', () => {
    expect(isPlainProse('قال \u2068Ada\u2069 نعم')).toBe(true);
    expect([isPlainProse('a\u202eb'), isPlainProse('a\0b'), isPlainProse('a\u001bb')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('an e-mail address', () => {
  it.each([
    [' Ada@Example.ORG ', 'ada@example.org'],
    ['ada@example.org\u00a0', 'ada@example.org'],
    ['ada@schüle.example', 'ada@xn--schle-mva.example'],
    ['ada@schu\u0308le.example', 'ada@xn--schle-mva.example'],
    ['ada@школа.рф', 'ada@xn--80atdl2c.xn--p1ai'],
    ['ada@example.XN--P1AI', 'ada@example.xn--p1ai'],
    ["o'neil+maths@sub.example.co.uk", "o'neil+maths@sub.example.co.uk"],
  ])('is stored in one form: %s', (written, stored) => {
    expect([normalizedEmail(written), isEmail(stored)]).toEqual([stored, true]);
  });

  it.each([
    ...[
      '',
      '@',
      'ada',
      'ada@',
      '@example.org',
      'ada@localhost',
      'ada@example',
      'ada@.org',
      'ada@example..org',
    ],
    ...['a da@example.org', 'a..b@example.org', '.a@example.org', 'a.@example.org', 'ada@exa mple.org'],
    ...['ada@-example.org', 'ada@example-.org', 'ada@example.1', 'ada@[127.0.0.1]', 'ada@127.0.0.1'],
    ...['a\0@example.org', 'a\n@example.org', 'a\u202e@example.org', 'a@b@example.org', '"a b"@example.org'],
    ...[`${'a'.repeat(65)}@example.org`, `a@${'b.'.repeat(130)}org`, 'ada@example.xn--'],
  ])('is not %j', (written) => {
    expect(isEmail(normalizedEmail(written))).toBe(false);
  });
});
