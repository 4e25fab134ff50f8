import { asciiLatin } from './latin';

describe('Latin letters in ASCII', () => {
  it.each([
    ['Łódź', 'lodz'],
    ['Ångström', 'angstrom'],
    ['Straße', 'strasse'],
    ['İzmir', 'izmir'],
    ['Ǣ', 'ae'],
    ['ﬁ', 'fi'],
  ])('are those that people type for them: %s', (text, plain) => {
    expect(asciiLatin(text)).toBe(plain);
  });

  it.each(['иван', 'йод', '한국', 'हिन्दी'])('leave other scripts whole: %s', (text) => {
    expect(asciiLatin(text)).toBe(text);
  });
});
