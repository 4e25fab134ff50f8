import { ReasoningFilter } from './ai.reasoning';

/** Returns what is shown of a text that arrives in pieces, without withdrawn parts. */
function shown(pieces: readonly string[]): string {
  const filter = new ReasoningFilter();
  let text = '';
  for (const piece of pieces) {
    const out = filter.push(piece);
    text = out.withdraws ? out.text : text + out.text;
  }
  return text + filter.end();
}

const inPieces = (text: string, length: number): string[] =>
  text.match(new RegExp(`[\\s\\S]{1,${length}}`, 'g')) ?? [];

describe('reasoning in an answer', () => {
  it.each<[string, string, string]>([
    ['stands before it', '<think>2 + 2 is 4.</think>\n\nWhat do you think?', 'What do you think?'],
    ['is empty', '<think>\n\n</think>\n\nHello.', 'Hello.'],
    ['has attributes', '<think effort="high" lang=en>secret</think>Hello.', 'Hello.'],
    ['has another name', '<reasoning>secret</reasoning>Hello. <thought>x</thought>Bye.', 'Hello. Bye.'],
    ['is written in capitals', '<THINK>secret</THINK>Hello.', 'Hello.'],
    ['has square brackets', '[THINK]secret[/THINK]Hello.', 'Hello.'],
    ['never ends', 'Well. <think>the solution is 4', 'Well. '],
    ['stands in the middle', 'One <think>secret</think>two', 'One two'],
    ['never began', 'the solution is 4</think>\nHello.', 'Hello.'],
    ['holds other tags', '<think>a <b>c</b> < d</think>Hello.', 'Hello.'],
    ['holds reasoning', '<think>a <think>b</think> the solution</think>Hello.', 'Hello.'],
    [
      'is only spoken of',
      'The tag `<think>` begins it, `</think>` ends it.',
      'The tag `<think>` begins it, `</think>` ends it.',
    ],
    ['is no reasoning', 'a < b, <thin>, <thinker>, [THIN], x<y', 'a < b, <thin>, <thinker>, [THIN], x<y'],
    ['is cut in its tag', 'Hello. <thin', 'Hello. <thin'],
  ])('is left out, in pieces of any length, when it %s', (_how, text, expected) => {
    for (let length = 1; length <= text.length; length += 1)
      expect([length, shown(inPieces(text, length))]).toEqual([length, expected]);
  });

  it('is counted in bytes, because it is paid for', () => {
    const filter = new ReasoningFilter();
    for (const piece of inPieces('<think>größer</think>Hi', 1)) filter.push(piece);
    expect(filter.bytes).toBe(Buffer.byteLength('größer'));
  });

  it('holds back no more than a tag is long', () => {
    const filter = new ReasoningFilter();
    const text = `<think ${'a'.repeat(5_000)}`;
    expect(filter.push(text).text).toBe(text);
  });
});
