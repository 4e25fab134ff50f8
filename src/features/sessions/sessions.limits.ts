import type { AiLimits } from '../ai';
import type { ToolDefinition } from '../tools';
import type { Session } from './sessions.types';

const MINUTE_MS = 60_000;

/** What a tool allows in all chats on one piece of work; null for any number. */
export interface ChatConstraints {
  maxMessages: number | null;
  maxMinutes: number | null;
}

/** The smaller one. */
function least(one: number | null, other: number | undefined): number | null {
  if (one === null || other === undefined) return one ?? other ?? null;
  return Math.min(one, other);
}

/** The tool's constraints, or the limits of the groups if those are narrower. */
export function constraintsInForce(tool: ToolDefinition['constraints'], limits: AiLimits): ChatConstraints {
  return {
    maxMessages: least(tool?.max_messages ?? null, limits.maxMessagesPerSession),
    maxMinutes: least(tool?.max_session_duration ?? null, limits.maxSessionMinutes),
  };
}

/** How many messages the student has left, in this chat and any other on the same work; null for any number. */
export function messagesLeft({
  messageCount,
  messagesElsewhere,
  maxMessages,
}: Pick<Session, 'messageCount' | 'messagesElsewhere' | 'maxMessages'>): number | null {
  return maxMessages === null ? null : Math.max(0, maxMessages - messagesElsewhere - messageCount);
}

/** The same for a session as it is shown. */
export function narrowed(
  {
    createdAt,
    secondsBefore,
    expiresAt,
    maxMessages,
  }: Pick<Session, 'createdAt' | 'secondsBefore' | 'expiresAt' | 'maxMessages'>,
  { maxMessagesPerSession, maxSessionMinutes }: AiLimits,
): Pick<Session, 'expiresAt' | 'maxMessages'> {
  const limit =
    maxSessionMinutes === undefined
      ? undefined
      : createdAt.getTime() + maxSessionMinutes * MINUTE_MS - secondsBefore * 1000;
  const end = least(expiresAt?.getTime() ?? null, limit);
  return {
    expiresAt: end === null ? null : new Date(end),
    maxMessages: least(maxMessages, maxMessagesPerSession),
  };
}
