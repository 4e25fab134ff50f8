import { can, type Principal, subject } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import { failureMessage } from './sessions.errors';
import { messagesLeft } from './sessions.limits';
import type { Message, Session, Turn } from './sessions.types';
import { canComplete, canStopAnswer, reasonNotToWrite } from './sessions.work';

export const sessionLocation = (id: string): string => `${API_BASE}/sessions/${id}`;
export const messageLocation = (message: Pick<Message, 'id' | 'sessionId'>): string =>
  `${sessionLocation(message.sessionId)}/messages/${message.id}`;

/** A chat with its limits and what the caller may do with it. */
export function presentSession(principal: Principal, session: Session) {
  const {
    tenantId: _tenant,
    groupPath: _path,
    groupId: _group,
    messagesElsewhere: _messages,
    revision: _revision,
    workIsOpen: _open,
    isCut,
    aiIsOn,
    ...rest
  } = session;
  const object = subject('Session', session);
  const mayWrite = can(principal, 'session.write', object);
  const mayAsk = (continues: boolean): boolean =>
    mayWrite &&
    aiIsOn &&
    reasonNotToWrite({
      ...session,
      isOverdue: session.expiresAt !== null && session.expiresAt.getTime() <= Date.now(),
      messagesUsed: session.messageCount + session.messagesElsewhere,
      isCut,
      continues,
    }) === null;
  const self = sessionLocation(session.id);
  return {
    ...rest,
    messagesLeft: messagesLeft(session),
    expiresAt: session.expiresAt?.toISOString() ?? null,
    lastActivityAt: session.lastActivityAt.toISOString(),
    endedAt: session.endedAt?.toISOString() ?? null,
    createdAt: session.createdAt.toISOString(),
    updatedAt: session.updatedAt.toISOString(),
    links: { self, messages: `${self}/messages`, tool: `${API_BASE}/tools/${session.toolId}` },
    can: {
      write: mayAsk(false),
      continue: mayAsk(true),
      stopAnswer: mayWrite && canStopAnswer(session),
      complete: mayWrite && canComplete(session),
      stop: session.state === 'active' && can(principal, 'session.stop', object),
    },
  };
}

export function presentMessage(message: Message) {
  const self = messageLocation(message);
  return {
    ...message,
    truncated: message.cutBy !== null,
    createdAt: message.createdAt.toISOString(),
    updatedAt: message.updatedAt.toISOString(),
    links: {
      self,
      session: sessionLocation(message.sessionId),
      stream: message.role === 'assistant' ? `${self}/stream` : null,
    },
  };
}

/** A student's message and its answer. */
export function presentTurn(turn: Turn) {
  return {
    userMessage: presentMessage(turn.userMessage),
    assistantMessage: presentMessage(turn.assistantMessage),
  };
}

/** The last event of a stream whose answer failed. */
export function presentFailure(turn: Turn, code: string) {
  return { code, message: failureMessage(code), ...presentTurn(turn) };
}
