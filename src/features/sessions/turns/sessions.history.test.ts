import { conversation, type HistoryMessage } from './sessions.history';

const said = (seq: number, content: string, state: HistoryMessage['state'] = 'complete'): HistoryMessage => ({
  seq,
  role: seq % 2 === 1 ? 'user' : 'assistant',
  content,
  state,
});

describe('the conversation for the model', () => {
  it('is everything in order, the new message last', () => {
    expect(conversation([said(2, 'b'), said(1, 'a')], 'c')).toEqual([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ]);
  });

  it('leaves out turns that failed, with the message that was not answered', () => {
    expect(
      conversation(
        [
          said(1, 'a'),
          said(2, 'A'),
          said(3, 'refused'),
          said(4, '', 'failed'),
          said(5, 'broken off'),
          said(6, 'half', 'failed'),
          said(7, 'b'),
          said(8, 'B'),
        ],
        'c',
      ).map(({ content }) => content),
    ).toEqual(['a', 'A', 'b', 'B', 'c']);
    expect(conversation([said(1, 'a'), said(2, '', 'failed')], 'c')).toEqual([
      { role: 'user', content: 'c' },
    ]);
  });

  it('joins neighbours of one role', () => {
    expect(conversation([said(1, 'a'), said(2, '')], 'c')).toEqual([{ role: 'user', content: 'a\n\nc' }]);
  });

  it('is bounded: the newest that fit, beginning with the student, the new message always', () => {
    const long = 'x'.repeat(20_000);
    const told = conversation(
      [said(1, long), said(2, long), said(3, 'short'), said(4, long)],
      'y'.repeat(20_000),
    );
    expect(told.map(({ role, content }) => [role, content.length])).toEqual([
      ['user', 5],
      ['assistant', 20_000],
      ['user', 20_000],
    ]);
    expect(
      conversation(
        [said(1, long), said(2, long), said(3, 'z'), said(4, `${long}${long}`)],
        'y'.repeat(20_000),
      ),
    ).toHaveLength(1);
  });
});
