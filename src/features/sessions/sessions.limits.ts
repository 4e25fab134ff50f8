import type { AiLimits } from '../ai';
import type { ToolDefinition } from '../tools';
import type { Session, StoredSession } from './sessions.types';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** A tool's limits for all chats about one piece of work; null means any number. */
export interface ChatConstraints {
  maxMessages: number | null;
  maxMinutes: number | null;
}

/** The smaller limit. */
function least(one: number | null, other: number | undefined): number | null {
  if (one === null || other === undefined) return one ?? other ?? null;
  return Math.min(one, other);
}

/** The tool's constraints, or the groups' limits if those are narrower. */
export function constraintsInForce(tool: ToolDefinition['constraints'], limits: AiLimits): ChatConstraints {
  return {
    maxMessages: least(tool?.max_messages ?? null, limits.maxMessagesPerSession),
    maxMinutes: least(tool?.max_session_duration ?? null, limits.maxSessionMinutes),
  };
}

/**
 * How many messages the student has left, in this chat and all others about the same work; null means any
 * number.
 */
export function messagesLeft({
  messageCount,
  messagesElsewhere,
  maxMessages,
}: Pick<Session, 'messageCount' | 'messagesElsewhere' | 'maxMessages'>): number | null {
  return maxMessages === null ? null : Math.max(0, maxMessages - messagesElsewhere - messageCount);
}

/** The message limit and the end time, by the narrowest limit of the tool and the groups. */
export function narrowed(
  stored: Pick<StoredSession, 'createdAt' | 'secondsBefore' | 'maxMinutes' | 'maxMessages'>,
  { maxMessagesPerSession, maxSessionMinutes }: AiLimits,
): Pick<Session, 'expiresAt' | 'maxMessages'> {
  const minutes = least(stored.maxMinutes, maxSessionMinutes);
  const startedAt = stored.createdAt.getTime() - stored.secondsBefore * SECOND_MS;
  return {
    expiresAt: minutes === null ? null : new Date(startedAt + minutes * MINUTE_MS),
    maxMessages: least(stored.maxMessages, maxMessagesPerSession),
  };
}
