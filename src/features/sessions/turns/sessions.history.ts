import type { AiMessage } from '../../ai';
import type { Message } from '../sessions.types';

/** So many of the last messages are told to the model: enough for a thread, bounded in cost. */
export const MAX_HISTORY_MESSAGES = 40;
/** And no more than about 12,000 tokens of them, which the smallest of today's models can take. */
const MAX_HISTORY_CHARACTERS = 48_000;

export type HistoryMessage = Pick<Message, 'seq' | 'role' | 'content' | 'state'>;

/** The messages of turns that ended well. What a provider refused once it would refuse again, with all that follows. */
function answered(history: readonly HistoryMessage[]): HistoryMessage[] {
  const failed = new Set(history.filter(({ state }) => state !== 'complete').map(({ seq }) => seq));
  // An answer stands right behind the message that it answers.
  return history.filter(({ seq, role }) => !failed.has(role === 'user' ? seq + 1 : seq));
}

/**
 * What is sent to the model: the newest messages that fit, the new one always, without the turns that failed.
 * Neighbours of one role are joined because some models insist on turns.
 */
export function conversation(history: readonly HistoryMessage[], content: string): AiMessage[] {
  const kept: AiMessage[] = [{ role: 'user', content }];
  let room = MAX_HISTORY_CHARACTERS - content.length;
  for (const message of answered(history).sort((one, other) => other.seq - one.seq)) {
    if (message.content === '') continue;
    room -= message.content.length;
    if (room < 0) break;
    kept.push({ role: message.role, content: message.content });
  }
  kept.reverse();
  while (kept[0]?.role === 'assistant') kept.shift();
  return kept.reduce<AiMessage[]>((joined, message) => {
    const last = joined.at(-1);
    if (last?.role !== message.role) joined.push(message);
    else joined[joined.length - 1] = { role: last.role, content: `${last.content}\n\n${message.content}` };
    return joined;
  }, []);
}
