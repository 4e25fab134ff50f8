import type { z } from 'zod';
import { IdRow } from '../../../platform/db/columns';
import type { Database } from '../../../platform/db/database';
import type { AiAnswer } from '../../ai';
import { MessageRow } from '../sessions.sql';
import type { Message, Turn } from '../sessions.types';
import type { HistoryMessage } from './sessions.history';
import {
  BegunRow,
  beginTurn,
  endTurn,
  expireTurn,
  HistoryRow,
  KeyedRow,
  ObstaclesRow,
  selectHistory,
  selectObstacles,
  selectStopped,
  selectTurnOfAnswer,
  selectTurnOfKey,
  stopAnswer,
  type TurnEnd,
  type TurnToBegin,
  type TurnUnderWay,
} from './sessions.turns.sql';

export type { TurnEnd, TurnToBegin } from './sessions.turns.sql';
export type BegunTurn = z.output<typeof BegunRow>;

/** The write path of chat: a turn begins in one statement and ends in one. */
export class TurnsRepository {
  constructor(private readonly db: Database) {}

  /**
   * Takes the session's only place for a turn, and inserts the student's message, an empty answer and the
   * call's row.
   * @returns null if the turn cannot begin; nothing is written then
   */
  async begin(turn: TurnToBegin): Promise<BegunTurn | null> {
    return this.db.row(beginTurn(turn), BegunRow);
  }

  async findHistory(sessionId: string, beforeSeq: number): Promise<HistoryMessage[]> {
    const row = await this.db.row(selectHistory(sessionId), HistoryRow);
    return (row?.history ?? []).filter((message) => message.seq < beforeSeq);
  }

  /** Stores the text so far. @returns false if the answer has already ended */
  async savePartial(assistantMessageId: string, content: string): Promise<boolean> {
    const updated = await this.db.prisma.message.updateMany({
      where: { id: assistantMessageId, state: 'streaming' },
      data: { content },
    });
    return updated.count > 0;
  }

  /**
   * Stores the answer, releases the session's place and settles the call.
   * @returns the answer as stored, or null if it had already ended
   */
  async end(turn: TurnUnderWay, end: TurnEnd, answer: AiAnswer | null): Promise<Message | null> {
    return this.db.row(endTurn(turn, end, answer), MessageRow);
  }

  /**
   * Ends the answer in progress with the text so far; it counts as a message. @returns its id, or null if
   * there is none
   */
  async stopAnswer(sessionId: string): Promise<string | null> {
    return (await this.db.row(stopAnswer(sessionId), IdRow))?.id ?? null;
  }

  /** Returns the last answer, if its reader stopped it. */
  async findStopped(sessionId: string): Promise<string | null> {
    return (await this.db.row(selectStopped(sessionId), IdRow))?.id ?? null;
  }

  /** Returns what prevents a turn in this session; null if there is no such session. */
  async findObstacles(
    sessionId: string,
    maxMinutes: number | null,
  ): Promise<z.output<typeof ObstaclesRow> | null> {
    return this.db.row(selectObstacles(sessionId, maxMinutes), ObstaclesRow);
  }

  /** Returns the turn that was begun with this key, with the hash of its request. */
  async findByKey(sessionId: string, key: string): Promise<(Turn & { requestHash: string | null }) | null> {
    const [asked, answer] = await this.db.rows(selectTurnOfKey(sessionId, key), KeyedRow);
    if (asked === undefined || answer === undefined) return null;
    const { requestHash, ...userMessage } = asked;
    const { requestHash: _none, ...assistantMessage } = answer;
    return { userMessage, assistantMessage, requestHash };
  }

  /** Returns the turn whose answer has this id. */
  async findByAnswer(sessionId: string, assistantMessageId: string): Promise<Turn | null> {
    const statement = selectTurnOfAnswer(sessionId, assistantMessageId);
    const [userMessage, assistantMessage] = await this.db.rows(statement, MessageRow);
    if (userMessage === undefined || assistantMessage === undefined) return null;
    return { userMessage, assistantMessage };
  }

  /** Ends a session whose time is over, unless an answer is in progress. */
  async expireSession(id: string): Promise<void> {
    const now = new Date();
    await this.db.prisma.session.updateMany({
      where: { id, state: 'active', OR: [{ turnDeadlineAt: null }, { turnDeadlineAt: { lt: now } }] },
      data: { state: 'expired', endedAt: now },
    });
  }

  /** Fails the answer of a turn whose deadline has passed, so that its readers need not wait for it. */
  async expireTurn(sessionId: string): Promise<void> {
    await this.db.execute(expireTurn(sessionId));
  }
}
