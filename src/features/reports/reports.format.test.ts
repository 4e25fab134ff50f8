import { localeOf, ReportFormat } from './reports.format';

const period = {
  from: new Date('2026-09-01T04:00:00Z'),
  to: new Date('2026-10-01T04:00:00Z'),
  timezone: 'America/New_York',
};
const format = (tag: string): ReportFormat => new ReportFormat(localeOf(tag), period, 'USD');
/** Replaces all kinds of spaces, which differ between versions of the language data. */
const plain = (text: string): string => text.replace(/\s+/g, ' ');

describe('the format of a report', () => {
  it('writes numbers as the place does', () => {
    expect(format('de').count(1_234_567)).toBe('1.234.567');
    expect(format('en').count(1_234_567)).toBe('1,234,567');
    expect(plain(format('de').percent(68.4))).toBe('68 %');
    expect(format('en').percent(null)).toBe('–');
    expect(format('en').share(0, 0)).toBe('–');
  });

  it('gives costs enough digits to differ from zero, the same in a column', () => {
    const english = format('en');
    expect(english.cost(12_345_678)).toBe('12.35');
    expect(english.cost(1_500)).toBe('0.0015');
    expect(english.cost(0)).toBe('0.00');
    expect([50_000, 1_700_000].map(english.costs(1_700_000))).toEqual(['0.050', '1.700']);
  });

  it('says the period by its last day, in the zone of the school', () => {
    expect(plain(format('en-GB').periodText)).toMatch(/^1 ?– ?30 September 2026$/);
  });

  it('writes moments in the zone of the school', () => {
    expect(plain(format('en-GB').dateTime(new Date('2026-09-05T00:30:00Z')))).toBe('4 Sept 2026, 20:30');
    expect(format('en').date(null)).toBe('–');
  });

  it('sorts names as a dictionary of the language does', () => {
    const names = ['Zoe', 'Ödön', 'Olga', 'Student 10', 'Student 2'];
    const sorted = (tag: string) =>
      format(tag).sorted(
        names,
        (name) => name,
        (name) => name,
      );
    expect(sorted('de')).toEqual(['Ödön', 'Olga', 'Student 2', 'Student 10', 'Zoe']);
    expect(sorted('sv')).toEqual(['Olga', 'Student 2', 'Student 10', 'Zoe', 'Ödön']);
  });

  it('uses English for an invalid tag', () => {
    expect(localeOf('not a tag').toString()).toBe('en');
  });
});
