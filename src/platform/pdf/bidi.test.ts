import { directionOf, visualRuns } from './bidi';

describe('the direction of a text', () => {
  it.each([
    ['Ada Lovelace', 'ltr'],
    ['محمد Ada', 'rtl'],
    ['12 שרה', 'rtl'],
    ['', 'ltr'],
    ['123', 'ltr'],
  ])('%s is %s', (text, direction) => {
    expect(directionOf(text)).toBe(direction);
  });
});

describe('a line from left to right', () => {
  it('keeps text of one direction whole', () => {
    expect(visualRuns('Ada Lovelace', 'ltr')).toEqual([{ text: 'Ada Lovelace', direction: 'ltr' }]);
    expect(visualRuns('שרה כהן', 'rtl')).toEqual([{ text: 'שרה כהן', direction: 'rtl' }]);
  });

  it('puts the end of a text read from the right at its left', () => {
    expect(visualRuns('שרה Ada', 'rtl')).toEqual([
      { text: 'Ada', direction: 'ltr' },
      { text: 'שרה ', direction: 'rtl' },
    ]);
  });

  it('leaves numbers readable within it', () => {
    expect(visualRuns('אבג 12 דהו', 'rtl')).toEqual([
      { text: ' דהו', direction: 'rtl' },
      { text: '12', direction: 'ltr' },
      { text: 'אבג ', direction: 'rtl' },
    ]);
  });

  it('mirrors brackets that are read from right to left', () => {
    expect(visualRuns('א (ב)', 'rtl')).toEqual([{ text: 'א )ב(', direction: 'rtl' }]);
    expect(visualRuns('a (b)', 'ltr')).toEqual([{ text: 'a (b)', direction: 'ltr' }]);
  });

  it('keeps characters beyond the first plane whole', () => {
    expect(visualRuns('🧪 Lab', 'ltr')).toEqual([{ text: '🧪 Lab', direction: 'ltr' }]);
  });
});
