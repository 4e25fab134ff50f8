import { conversation, type HistoryMessage } from './sessions.history';

const said = (seq: number, content: string, state: HistoryMessage['state'] = 'complete'): HistoryMessage => ({
  seq,
  role: seq % 2 === 1 ? 'user' : 'assistant',
  content,
  state,
});

describe('what the model is told of the conversation', () => {
  it('is everything in order, the new message last', () => {
    expect(conversation([said(2, 'b'), said(1, 'a')], 'c')).toEqual([
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ]);
  });

  it('counts failed answers as far as they came, and joins neighbours of one role', () => {
    expect(
      conversation([said(1, 'a'), said(2, '', 'failed'), said(3, 'b'), said(4, 'half', 'failed')], 'c'),
    ).toEqual([
      { role: 'user', content: 'a\n\nb' },
      { role: 'assistant', content: 'half' },
      { role: 'user', content: 'c' },
    ]);
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
