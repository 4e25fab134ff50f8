import type { Block, ReportDocument } from './blocks';
import { logoOf } from './logo';
import { gather, readPdf } from './pdf-text.builder';
import { renderPdf } from './render';
import { LOGO, NAMES } from './samples.builder';

const look = { colors: { primary: '#12456b' }, logo: logoOf(LOGO) };
/** Enough for 60 pages. */
const ROWS = 1_960;

function documentOf(blocks: readonly Block[], locale = 'en'): ReportDocument {
  return {
    title: 'A report of many pages',
    subtitle: 'September',
    owner: 'Lycée Émile-Zola',
    facts: [{ label: 'Teachers', value: NAMES.latin }],
    blocks,
    foot: 'Generated today',
    pageNumber: (page, pages) => `${page} / ${pages}`,
    locale: new Intl.Locale(locale),
    generatedAt: new Date('2026-10-02T14:30:00Z'),
  };
}

const table = (rows: number): Block => ({
  kind: 'table',
  title: 'Results by student',
  empty: 'none',
  columns: [
    { title: 'Student', align: 'left' },
    { title: 'Handed in', align: 'right' },
  ],
  rows: Array.from({ length: rows }, (_, i) => [
    i % 7 === 3 ? `Row-${i}: ${NAMES.long} ${NAMES.long} ${NAMES.long}` : `Row-${i}: ${NAMES.latin}`,
    `${i} of ${rows}`,
  ]),
});

describe('a document', () => {
  it('has a table over 60 pages with its head, and the number, on each', async () => {
    const { pages } = await readPdf(await gather(renderPdf(documentOf([table(ROWS)]), look)));
    expect(pages.length).toBeGreaterThanOrEqual(60);
    for (const [i, page] of pages.entries()) {
      expect(page).toMatch(/Student\s+Handed in/);
      expect(page).toContain(`${i + 1} / ${pages.length}`);
    }
    const rows = pages.flatMap((page) => [...page.matchAll(/Row-(\d+):/g)].map(([, row]) => Number(row)));
    expect(rows).toEqual(Array.from({ length: ROWS }, (_, i) => i));
    expect(pages.filter((page) => page.includes('Results by student'))).toHaveLength(1);
  });

  it('is the same file each time, and another one if anything differs', async () => {
    const bytes = await gather(renderPdf(documentOf([table(50)]), look));
    expect((await gather(renderPdf(documentOf([table(50)]), look))).equals(bytes)).toBe(true);
    expect((await gather(renderPdf(documentOf([table(51)]), look))).equals(bytes)).toBe(false);
    expect((await gather(renderPdf(documentOf([table(50)]), { ...look, logo: null }))).equals(bytes)).toBe(
      false,
    );
  });

  it('shows its title and when it was made', async () => {
    const { info } = await readPdf(await gather(renderPdf(documentOf([]), look)));
    expect(info).toMatchObject({
      Title: 'A report of many pages',
      Author: 'Lycée Émile-Zola',
      CreationDate: 'D:20261002143000Z',
    });
  });

  it('writes numbers in the digits of its language', async () => {
    const number = new Intl.NumberFormat('ar-EG');
    const blocks: Block[] = [
      {
        kind: 'charts',
        charts: [
          {
            kind: 'columns',
            title: 'Chart',
            empty: '',
            share: 1,
            axis: 'by day',
            categories: ['a', 'b'],
            series: [{ name: 'one', values: [3, 487] }],
            format: (value) => number.format(value),
          },
        ],
      },
      {
        kind: 'figures',
        figures: [{ label: 'Calls', value: new Intl.NumberFormat('fr-FR').format(1_234_567) }],
      },
    ];
    const { pages } = await readPdf(await gather(renderPdf(documentOf(blocks, 'ar-EG'), look)));
    expect(pages[0]).toContain(number.format(600));
    expect(pages[0]).toContain('1 234 567');
    expect(pages[0]).not.toContain('\uFFFD');
  });

  it('says so if there is nothing to show', async () => {
    const empty = { series: [{ name: 'one', values: [0] }], format: String, share: 1 };
    const blocks: Block[] = [
      { ...(table(0) as Extract<Block, { kind: 'table' }>), empty: 'Nobody was there.' },
      {
        kind: 'charts',
        charts: [
          { kind: 'columns', title: 'Days', empty: 'No day.', axis: '', categories: ['1'], ...empty },
          { kind: 'bars', title: 'Tools', empty: 'No tool.', rows: ['1'], tickFormat: String, ...empty },
        ],
      },
    ];
    const { pages } = await readPdf(await gather(renderPdf(documentOf(blocks), look)));
    for (const text of ['Nobody was there.', 'No day.', 'No tool.']) expect(pages[0]).toContain(text);
  });
});
