import fc from 'fast-check';
import { defused } from '../../../shared/csv';
import type { WrittenColumn } from '../tables/exports.source.sql';
import { csv } from './exports.csv';
import type { StoredParts, TableFormatter } from './exports.format';
import { ndjson } from './exports.ndjson';
import { unzip } from './exports.unzip.builder';
import { xlsx } from './exports.xlsx';
import { cell, columnLetters, escapeXml } from './exports.xlsx.cells';

type Cells = (string | null)[];

const COLUMNS: WrittenColumn[] = [
  { name: 'name', type: 'text' },
  { name: 'score', type: 'number' },
  { name: 'late', type: 'boolean' },
  { name: 'sent_at_local', type: 'local_time' },
  { name: 'details', type: 'json' },
];

function partsOf(formatter: TableFormatter, parts: Cells[][], columns = COLUMNS): StoredParts {
  const bytes = parts.map((rows) => formatter.part(columns, rows).bytes);
  return {
    count: bytes.length,
    read: async (part) =>
      (async function* () {
        yield bytes[part] as Buffer;
      })(),
  };
}

async function write(
  formatter: TableFormatter,
  parts: Cells[][],
  more: { bom?: boolean; sheetStarts?: number[]; columns?: WrittenColumn[] } = {},
): Promise<Buffer> {
  const columns = more.columns ?? COLUMNS;
  const chunks: Buffer[] = [];
  const frame = { columns, bom: more.bom === true, sheetStarts: more.sheetStarts ?? [0], title: 'Things' };
  for await (const chunk of formatter.assemble(partsOf(formatter, parts, columns), frame))
    chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** A strict parser for RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const row: string[] = [];
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        for (at += 1; ; at += 1) {
          if (text[at] === '"' && text[at + 1] === '"') at += 1;
          else if (text[at] === '"') break;
          field += text[at];
        }
        at += 1;
      } else while (at < text.length && !',\r\n"'.includes(text[at] as string)) field += text[at++];
      row.push(field);
      if (text[at] !== ',') break;
      at += 1;
    }
    expect(text.slice(at, at + 2)).toBe('\r\n');
    at += 2;
    rows.push(row);
  }
  return rows;
}

const ROW: Cells = ['Ada', '85.50', 'true', '2026-03-29T03:00:00+02:00', '{"a": 1}'];

describe('CSV', () => {
  it('has a header, CRLF, quoted values, and an empty field for null', async () => {
    const rows: Cells[] = [
      ROW,
      ['a "b", c\nd', null, 'false', null, null],
      [' edge ', '1', 'true', null, '[]'],
    ];
    expect((await write(csv, [rows])).toString()).toBe(
      [
        'name,score,late,sent_at_local,details',
        '"Ada","85.50","true","2026-03-29T03:00:00+02:00","{""a"": 1}"',
        '"a ""b"", c\nd",,"false",,',
        '" edge ","1","true",,"[]"',
        '',
      ].join('\r\n'),
    );
  });

  it('begins with a byte order mark only on request', async () => {
    expect([...(await write(csv, [[ROW]], { bom: true })).subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 0x6e]);
    expect((await write(csv, [[ROW]])).subarray(0, 4).toString()).toBe('name');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '＝1', '＋1', '－1', '＠x'])(
    'defuses %j, which a spreadsheet would run',
    async (text) => {
      const [, [name]] = parseCsv((await write(csv, [[[text, '-1', null, null, null]]])).toString()) as [
        string[],
        string[],
      ];
      expect(name).toBe(`'${text}`);
    },
  );

  it.each([
    ['Max;=HYPERLINK("http://evil.example")', `Max;'=HYPERLINK("http://evil.example")`],
    ['Max\t@SUM(A1)', "Max\t'@SUM(A1)"],
    ['Max,+1', "Max,'+1"],
    ['Max\n-1', "Max\n'-1"],
    ['Max;"=1+1";', `Max;"'=1+1";`],
    ['=1;＝2', "'=1;'＝2"],
  ])('defuses %j, which is a formula for a program with another separator', async (text, safe) => {
    const [, [name]] = parseCsv((await write(csv, [[[text, null, null, null, null]]])).toString()) as [
      string[],
      string[],
    ];
    expect(name).toBe(safe);
  });

  it('leaves numbers and harmless texts unchanged', () => {
    expect(csv.part(COLUMNS, [["it's - fine = ok", '-5', null, null, null]]).bytes.toString()).toBe(
      `"it's - fine = ok","-5",,,\r\n`,
    );
  });

  it('returns every text unchanged', async () => {
    const columns: WrittenColumn[] = [
      { name: 'a', type: 'text' },
      { name: 'b', type: 'text' },
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.string({ unit: 'binary' }),
            fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', ' ', 'x', '=') }),
          ),
          { maxLength: 5 },
        ),
        async (rows) => {
          const wellFormed = rows.map((row) => row.map((text) => text.toWellFormed().replaceAll('\0', '')));
          const [header, ...read] = parseCsv((await write(csv, [wellFormed], { columns })).toString());
          expect(header).toEqual(['a', 'b']);
          expect(read).toEqual(wellFormed.map((row) => row.map(defused)));
        },
      ),
    );
  });
});

describe('NDJSON', () => {
  it('has one object per line, with each value in its own type', async () => {
    const text = (await write(ndjson, [[ROW], [['=1"\n', null, 'false', null, null]]])).toString();
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(text.endsWith('\n')).toBe(true);
    expect(lines).toEqual([
      { name: 'Ada', score: 85.5, late: true, sent_at_local: '2026-03-29T03:00:00+02:00', details: { a: 1 } },
      { name: '=1"\n', score: null, late: false, sent_at_local: null, details: null },
    ]);
  });
});

describe('XLSX', () => {
  it('is a workbook whose texts are texts, numbers numbers and times times', async () => {
    const files = unzip(
      await write(xlsx, [[['=1+1 <&>', '85.50', 'true', '2026-03-29T03:00:00+02:00', null]]]),
    );
    expect([...files.keys()]).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/workbook.xml',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/worksheets/sheet1.xml',
    ]);
    expect(files.get('xl/worksheets/sheet1.xml')).toContain(
      '<row><c t="inlineStr"><is><t xml:space="preserve">=1+1 &lt;&amp;&gt;</t></is></c><c><v>85.50</v></c><c t="b"><v>1</v></c><c s="1"><v>46110.125</v></c><c/></row></sheetData>',
    );
  });

  it('is the same bytes whenever it is made', async () => {
    const made = await write(xlsx, [[ROW], [ROW]]);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect((await write(xlsx, [[ROW], [ROW]])).equals(made)).toBe(true);
  });

  it('is the same bytes in whatever pieces its parts come', async () => {
    const rows: Cells[] = Array.from({ length: 20_000 }, (_, i) => [
      `name ${i * 7919}`,
      String(i),
      'true',
      null,
      null,
    ]);
    const part = xlsx.part(COLUMNS, rows).bytes;
    const cutInto = async (size: number) => {
      const read = async () =>
        (async function* () {
          for (let at = 0; at < part.length; at += size) yield part.subarray(at, at + size);
        })();
      const chunks: Buffer[] = [];
      const frame = { columns: COLUMNS, bom: false, sheetStarts: [0], title: 'x' };
      for await (const chunk of xlsx.assemble({ count: 1, read }, frame)) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    };
    const whole = await cutInto(part.length);
    for (const size of [777, 65_536, 100_001]) expect((await cutInto(size)).equals(whole)).toBe(true);
  });

  it('spreads parts over sheets', async () => {
    const files = unzip(await write(xlsx, [[ROW], [ROW], [ROW]], { sheetStarts: [0, 2] }));
    const rows = (sheet: number) => files.get(`xl/worksheets/sheet${sheet}.xml`)?.match(/<row>/g)?.length;
    expect([rows(1), rows(2), rows(3)]).toEqual([3, 2, undefined]);
    expect(files.get('xl/workbook.xml')).toContain('name="Things 2"');
  });

  it('ends with an error if a part cannot be read', async () => {
    const read = () => Promise.reject(new Error('gone'));
    const frame = { columns: COLUMNS, bom: false, sheetStarts: [0], title: 'x' };
    const reading = async () => {
      for await (const _ of xlsx.assemble({ count: 1, read }, frame));
    };
    await expect(reading()).rejects.toThrow('gone');
  });

  it('cuts what no cell can hold, and counts it', () => {
    const { bytes, cutTexts } = xlsx.part(COLUMNS, [['x'.repeat(40_000), null, null, null, null]]);
    expect(cutTexts).toBe(1);
    expect(bytes.toString()).toContain(`${'x'.repeat(32_766)}…<`);
    expect(cell('\u{1F600}'.repeat(20_000), 'text', { texts: 0 })).toMatch(/[^\uD800-\uDBFF]…<\/t>/);
  });

  it('escapes characters that XML cannot contain as Excel does', () => {
    expect(escapeXml('a\u0007b\rc\u{1F600}_x0041_')).toBe('a_x0007_b_x000D_c\u{1F600}_x005F_x0041_');
    expect(escapeXml('tab\tand\nline')).toBe('tab\tand\nline');
  });

  it('keeps long numbers whole', () => {
    expect(cell('12345678901234567', 'integer', { texts: 0 })).toContain('t="inlineStr"');
    expect(cell('123456789012345', 'integer', { texts: 0 })).toBe('<c><v>123456789012345</v></c>');
  });

  it('counts columns in letters', () => {
    expect([1, 26, 27, 52, 703].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'AZ', 'AAA']);
  });
});
