import { sql } from '../../platform/db/sql';
import { gather, readPdf, spokenTexts } from '../../platform/pdf/pdf-text.builder';
import { LOGO, NAMES } from '../../platform/pdf/samples.builder';
import { createTestApp, type TestApp } from '../../testing/app';
import { World } from '../../testing/world';
import { aiCall, PERIOD, reportScene } from './reports.builder';
import type { RenderReportInput } from './reports.types';

let app: TestApp;
let world: World;
let scene: Awaited<ReturnType<typeof reportScene>>;
beforeAll(async () => {
  app = await createTestApp({ env: { BILLING_CURRENCY: 'CHF' } });
  world = new World(app.container);
  // A class of 40: one name of each script, and names of the usual kind.
  const more = Array.from({ length: 40 - Object.keys(NAMES).length }, (_, i) => `Student ${i + 1}`);
  scene = await reportScene(world, { students: [...Object.values(NAMES), ...more] });
});
afterAll(() => app.close());

const render = (input: Partial<RenderReportInput> = {}): Promise<Buffer> =>
  gather(
    app.container.reports.render({
      kind: 'class_report',
      tenantId: scene.district.id,
      classId: scene.schoolClass.id,
      groupId: null,
      generatedAt: new Date('2026-10-02T14:30:00Z'),
      locale: 'en-GB',
      ...PERIOD,
      ...input,
    }),
  );
const usage = (input: Partial<RenderReportInput> = {}): Promise<Buffer> =>
  render({ kind: 'usage_report', classId: null, locale: 'en-US', ...input });
/** Text as any program would extract it, without line breaks. */
const plain = (pages: readonly string[]): string => pages.join('\n').normalize('NFKC').replace(/\s+/g, ' ');
const setTheme = async (id: string, theme: object): Promise<void> => {
  await app.container.platform.db.execute(
    sql`UPDATE groups SET theme = ${JSON.stringify(theme)}::jsonb WHERE id = ${id}::uuid`,
  );
  await app.container.groups.inheritance.changed(id);
};

const REORDERED = new RegExp(
  [
    ...['Arab', 'Hebr', 'Thaa', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym'],
    ...['Sinh', 'Thai', 'Laoo', 'Khmr', 'Mymr', 'Tibt'],
  ]
    .map((script) => `\\p{sc=${script}}`)
    .join('|'),
  'u',
);

describe('a class report', () => {
  it('names everybody, in any script', async () => {
    const bytes = await render();
    const { pages } = await readPdf(bytes);
    const text = plain(pages);
    const found = new Set(spokenTexts(bytes));
    for (const name of Object.values(NAMES)) {
      // Letters of these scripts join and change places, so their lines carry their text separately.
      const isComplex = REORDERED.test(name);
      if (isComplex) expect(found).toContain(name);
      else expect(text.replaceAll(' ', '')).toContain(name.normalize('NFKC').replaceAll(' ', ''));
    }
    expect(text).toContain('Lab report coach 🧪');
    expect(text).not.toContain('\uFFFD');
  });

  it('says what it is of, of which time, and which page of how many', async () => {
    const { pages, info } = await readPdf(await render());
    const text = plain(pages);
    expect(text).toContain('Biology 7b: cells, genes and evolution');
    expect(text).toMatch(/Class report · 1 ?– ?30 September 2026/);
    expect(text).toContain('2 Oct 2026, 10:30 (America/New_York)');
    expect(text).toContain('Íris Gonçalves');
    for (const heading of [
      'Submissions over time',
      'Score distribution',
      'Tokens by tool',
      'Cost by tool (CHF)',
      'in CHF',
      'Results by student',
      'Results by assignment',
    ])
      expect(text).toContain(heading);
    expect(pages.length).toBeGreaterThanOrEqual(2);
    for (const [i, page] of pages.entries()) expect(page).toContain(`${i + 1} / ${pages.length}`);
    expect(info).toMatchObject({ Title: 'Biology 7b: cells, genes and evolution' });
  });

  it('is the same file each time, with a logo that has an alpha channel too', async () => {
    const bytes = await render();
    expect((await render()).equals(bytes)).toBe(true);
    expect(bytes.subarray(0, 8).toString()).toBe('%PDF-1.7');
    expect((await render({ generatedAt: new Date('2026-10-03T00:00:00Z') })).equals(bytes)).toBe(false);
  });

  it('is set on the paper of the place, in its numbers and dates', async () => {
    expect((await render({ locale: 'en-US' })).toString('latin1')).toContain('[0 0 612 792]');
    const german = await render({ locale: 'de-DE' });
    expect(german.toString('latin1')).toContain('[0 0 595.28 841.89]');
    expect(plain((await readPdf(german)).pages)).toContain('02.10.2026, 10:30');
  });

  it('can be made in any language of dates and numbers, a wrong tag included', async () => {
    for (const locale of ['ar-EG', 'zh-TW', 'nonsense!']) {
      const { pages } = await readPdf(await render({ locale }));
      expect({ locale, text: plain(pages) }).toEqual({ locale, text: expect.not.stringContaining('\uFFFD') });
    }
  });

  it('is refused for a class that is gone', async () => {
    await expect(render({ classId: scene.school.id })).rejects.toMatchObject({ kind: 'not_found' });
    await expect(render({ classId: null })).rejects.toMatchObject({ kind: 'not_found' });
    await expect(render({ tenantId: scene.school.id })).rejects.toMatchObject({ kind: 'not_found' });
  });
});

describe('a usage report', () => {
  it('shows 500 tools of a district over pages, and their sum', async () => {
    // In its own district, so that other tests do not depend on the order.
    const own = await reportScene(world, { students: ['Somebody'] });
    const { tools, teacher, district, school } = own;
    const ofIt = { tenantId: district.id };
    const before = await readPdf(await usage(ofIt));
    expect(before.pages.length).toBeLessThan(5);
    for (let i = tools.length; i < 500; i += 1) {
      const tool = await world.tool(i % 2 === 0 ? school : district, teacher);
      await aiCall(world, own, {
        ...{
          userId: teacher.id,
          toolId: tool.id,
          at: new Date(PERIOD.from.getTime() + (i % 29) * 86_400_000),
        },
        ...{
          input: 3_000 + i,
          output: 900,
          cost: 9_000 + i * 70,
          model: i % 3 === 0 ? 'demo-large' : 'demo-small',
        },
        ...{ groupId: i % 2 === 0 ? school.id : district.id, classId: null },
      });
    }
    const bytes = await usage(ofIt);
    const { pages } = await readPdf(bytes);
    expect(pages.length).toBeGreaterThan(12);
    expect(pages.slice(3).every((page) => /Tool\s+Owned by/.test(page))).toBe(true);
    const total = await app.container.platform.db.prisma.aiCall.aggregate({
      where: { tenantId: district.id },
      _sum: { inputTokens: true },
    });
    expect(plain(pages)).toContain(new Intl.NumberFormat('en-US').format(total._sum.inputTokens ?? 0));
    expect(plain(pages)).toContain('490 others');
    expect((await usage(ofIt)).equals(bytes)).toBe(true);
  });

  it('names the currency of its costs in every table and chart of them', async () => {
    const text = plain((await readPdf(await usage({ groupId: scene.school.id }))).pages);
    for (const words of [
      'in CHF',
      'Cost by tool (CHF)',
      'Cost over time (CHF)',
      'Cost (CHF)',
      'Costs are in CHF.',
    ])
      expect(text).toContain(words);
    expect(text).not.toMatch(/USD|billing/);
  });

  it('can be of a group or a class', async () => {
    const { school, schoolClass, district } = scene;
    expect(plain((await readPdf(await usage({ groupId: school.id }))).pages)).toContain('Lycée Émile-Zola');
    const text = plain((await readPdf(await usage({ classId: schoolClass.id }))).pages);
    expect(text).toContain('Covers Biology 7b');
    expect(text).not.toContain('Usage by group');
    await expect(usage({ groupId: schoolClass.id })).rejects.toMatchObject({ kind: 'not_found' });
    await expect(usage({ tenantId: school.id, groupId: district.id })).rejects.toMatchObject({
      kind: 'not_found',
    });
  });
});

describe('the logo', () => {
  const hasImage = (bytes: Buffer): boolean => bytes.toString('latin1').includes('/Subtype /Image');

  it('is that of the school, or that of the district if the school has none', async () => {
    const { district, school } = scene;
    expect(hasImage(await render())).toBe(true);
    await setTheme(district.id, { logo: { url: 'https://example.org/district.svg', image: LOGO } });
    await setTheme(school.id, {});
    expect(hasImage(await render())).toBe(true);
    await setTheme(school.id, { logo: { url: 'https://example.org/school.svg' } });
    expect(hasImage(await render())).toBe(false);
  });

  it('is omitted if it is broken', async () => {
    await setTheme(scene.school.id, { logo: { image: `${LOGO.slice(0, 120)}` } });
    expect(hasImage(await render())).toBe(false);
  });

  it('comes with the theme as a small PNG or JPEG, and as nothing else', async () => {
    const admin = await app.as((await world.member(scene.school, 'admin')).id);
    const patch = (image: unknown) =>
      admin.patch(`/groups/${scene.school.id}/theme`).send({ logo: { image } });
    await patch(LOGO).expect(200);
    await patch('https://example.org/logo.png').expect(400);
    await patch('data:image/svg+xml;base64,PHN2Zy8+').expect(400);
    await patch(`data:image/png;base64,iVBORw0KGgo${'A'.repeat(40_000)}`).expect(400);
    await patch(null).expect(200);
  });
});
