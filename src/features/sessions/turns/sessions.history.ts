import type { AiMessage } from '../../ai';
import type { Message } from '../sessions.types';

/** How many of the last messages the model gets: enough for a thread, with bounded cost. */
export const MAX_HISTORY_MESSAGES = 40;
/** At most about 12,000 tokens of them, which the smallest of today's models can read. */
const MAX_HISTORY_CHARACTERS = 48_000;

export type HistoryMessage = Pick<Message, 'seq' | 'role' | 'content' | 'state'>;

/**
 * The messages of successful turns. A provider that refused a message would refuse it again, with
 * everything after it.
 */
function answered(history: readonly HistoryMessage[]): HistoryMessage[] {
  const failed = new Set(history.filter(({ state }) => state !== 'complete').map(({ seq }) => seq));
  // An answer comes directly after its message.
  return history.filter(({ seq, role }) => !failed.has(role === 'user' ? seq + 1 : seq));
}

/**
 * Selects what the model gets: the new message and the newest messages that fit, without failed turns.
 * Adjacent messages of one role are joined, because some models require alternating roles.
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
