import { costMicros, estimateTokens, TextIntake } from './ai.text';

describe('costs', () => {
  it('are whole millionths, rounded up, without losing precision', () => {
    expect(
      costMicros({ inputTokens: 1, outputTokens: 0 }, { inputPriceMicros: 150_000, outputPriceMicros: 0 }),
    ).toBe(1);
    expect(
      costMicros(
        { inputTokens: 1_000_000, outputTokens: 500_000 },
        { inputPriceMicros: 150_000, outputPriceMicros: 600_000 },
      ),
    ).toBe(450_000);
    expect(
      costMicros(
        { inputTokens: 200_000_000, outputTokens: 0 },
        { inputPriceMicros: 900_000_000_001, outputPriceMicros: 0 },
      ),
    ).toBe(180_000_000_000_200);
    expect(
      costMicros({ inputTokens: 0, outputTokens: 0 }, { inputPriceMicros: 9, outputPriceMicros: 9 }),
    ).toBe(0);
  });

  it('estimate about four characters a token', () => {
    expect([0, 1, 4, 5].map(estimateTokens)).toEqual([0, 1, 1, 2]);
  });
});

describe('text that arrives in pieces', () => {
  it('drops NUL and mends characters cut in two', () => {
    const intake = new TextIntake(100);
    expect(['a\0b', '\ud83d', '\ude00!'].map((piece) => intake.push(piece))).toEqual(['ab', '', '😀!']);
    expect(intake.text).toBe('ab😀!');
  });

  it('replaces halves that never find each other', () => {
    const intake = new TextIntake(100);
    intake.push('\ude00x\ud83d');
    intake.push('y');
    expect(intake.text).toBe('\ufffdx\ufffdy');
    expect(intake.text.isWellFormed()).toBe(true);
  });

  it('is cut at the limit, never within a character', () => {
    const intake = new TextIntake(4);
    expect(intake.push('abc😀')).toBe('abc');
    expect(intake.full).toBe(true);
    expect(intake.push('more')).toBe('');
  });
});
