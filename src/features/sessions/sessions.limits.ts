import type { AiLimits } from '../ai';
import type { Session } from './sessions.types';

const MINUTE_MS = 60_000;

/** What a tool allows in one chat; null for any number. */
export interface ChatConstraints {
  maxMessages: number | null;
  maxMinutes: number | null;
}

/** The smaller one. */
function least(one: number | null, other: number | undefined): number | null {
  if (one === null || other === undefined) return one ?? other ?? null;
  return Math.min(one, other);
}

/** The tool's constraints, or the limits of the groups where those are narrower. */
export function constraintsInForce(tool: ChatConstraints, limits: AiLimits): ChatConstraints {
  return {
    maxMessages: least(tool.maxMessages, limits.maxMessagesPerSession),
    maxMinutes: least(tool.maxMinutes, limits.maxSessionMinutes),
  };
}

/** The same for a session as it is shown. */
export function narrowed(
  { createdAt, expiresAt, maxMessages }: Pick<Session, 'createdAt' | 'expiresAt' | 'maxMessages'>,
  { maxMessagesPerSession, maxSessionMinutes }: AiLimits,
): Pick<Session, 'expiresAt' | 'maxMessages'> {
  const limit =
    maxSessionMinutes === undefined ? undefined : createdAt.getTime() + maxSessionMinutes * MINUTE_MS;
  const end = least(expiresAt?.getTime() ?? null, limit);
  return {
    expiresAt: end === null ? null : new Date(end),
    maxMessages: least(maxMessages, maxMessagesPerSession),
  };
}
