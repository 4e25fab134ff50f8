import type { Request } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../../authz/ability';
import { EventStream, type ServerEvent } from '../../../http/event-stream';
import { type Call, type Reply, reply } from '../../../http/route';
import { keyInFlight } from '../../../shared/idempotency';
import { MessageNotFoundError, TurnFailedError } from '../sessions.errors';
import { messageLocation, presentFailure, presentTurn } from '../sessions.presenter';
import type { MessageParams, SayBody } from '../sessions.schemas';
import type { SessionsService } from '../sessions.service';
import type { Session, TurnEvent } from '../sessions.types';
import type { OpenStreams, StreamEnd } from './sessions.streams';
import type { TurnHandle } from './sessions.turn-handle';
import type { TurnsService } from './sessions.turns.service';

type Streamed = Pick<Session, 'id' | 'userId' | 'classId' | 'groupPath'>;

const END = 'end';
const STREAM_ENDS: Readonly<Record<StreamEnd, string>> = {
  'auth.ended': 'Your sign-in or your access has ended.',
  'server.shutdown': 'The server is going away. Connect again.',
};

/** The part after `<id of the answer>:` in the client's Last-Event-ID, if it belongs to this answer. */
function lastPosition(req: Request, answerId: string): string | null {
  const id = req.get('last-event-id');
  return id?.startsWith(`${answerId}:`) === true ? id.slice(answerId.length + 1) : null;
}

function offsetOf(position: string | null): number {
  return position !== null && /^\d{1,7}$/.test(position) ? Number(position) : 0;
}

export class TurnsController {
  constructor(
    private readonly turns: TurnsService,
    private readonly sessions: SessionsService,
    private readonly streams: OpenStreams,
  ) {}

  say = async ({
    principal,
    params,
    body,
    idempotencyKey,
    req,
    res,
  }: Call<{ id: string }, unknown, z.output<typeof SayBody>>): Promise<Reply> => {
    const wantsStream = EventStream.isWanted(req);
    const turn = await this.turns.say(principal, params.id, {
      content: body.content ?? null,
      idempotencyKey,
    });
    if (wantsStream) {
      const session = { id: params.id, userId: principal.userId, classId: null, groupPath: null };
      return this.stream(principal, session, turn, new EventStream(req, res), req);
    }
    if (!turn.isNew && !turn.isEnded) throw keyInFlight();
    const ended = await turn.result();
    if (ended.assistantMessage.state === 'failed') throw new TurnFailedError(ended, turn.retryAfterSeconds());
    const created = reply.created(messageLocation(ended.assistantMessage), presentTurn(ended));
    return turn.isNew ? created : { ...created, headers: { 'Idempotency-Replayed': 'true' } };
  };

  stop = async ({ principal, params }: Call<{ id: string }>): Promise<Reply> => {
    const turn = await this.turns.stopAnswer(principal, params.id);
    return reply.ok(presentTurn(await turn.result()));
  };

  follow = async ({ principal, params, req, res }: Call<z.output<typeof MessageParams>>): Promise<Reply> => {
    const session = await this.sessions.readSession(principal, params.id, 'messages');
    const turn = await this.turns.find(session.id, params.messageId);
    if (turn === null) throw new MessageNotFoundError();
    // For a browser that reconnects after the end, this means that nothing more will come.
    if (lastPosition(req, params.messageId) === END) return reply.noContent();
    return this.stream(principal, session, turn, new EventStream(req, res), req);
  };

  private async stream(
    principal: Principal,
    session: Streamed,
    turn: TurnHandle,
    stream: EventStream,
    req: Request,
  ): Promise<Reply> {
    const place = this.streams.open(principal, session, stream.signal);
    try {
      await this.pass(turn, stream, place.signal, req);
      if (place.ended !== null) {
        await stream.send({
          event: 'error',
          id: 'closed',
          data: { code: place.ended, message: STREAM_ENDS[place.ended] },
        });
      }
    } finally {
      place.close();
      stream.end();
    }
    return reply.handled();
  }

  private async pass(
    turn: TurnHandle,
    stream: EventStream,
    signal: AbortSignal,
    req: Request,
  ): Promise<void> {
    const from = offsetOf(lastPosition(req, turn.answerId));
    for await (const event of turn.follow(from, signal)) {
      if (signal.aborted) return;
      await stream.send(serverEvent(turn.answerId, event, from));
    }
  }
}

/**
 * Each event's id says how much of the answer the client has, so that any process can continue from there.
 */
function serverEvent(answerId: string, event: TurnEvent, from: number): ServerEvent {
  switch (event.type) {
    case 'start':
      return { event: 'message.start', id: `${answerId}:${from}`, data: presentTurn(event.turn) };
    case 'delta':
      return { event: 'message.delta', id: `${answerId}:${event.offset}`, data: { text: event.text } };
    case 'withdrawn':
      return { event: 'message.withdrawn', id: `${answerId}:0`, data: {} };
    case 'done':
      return { event: 'message.done', id: `${answerId}:${END}`, data: presentTurn(event.turn) };
    case 'error':
      return { event: 'error', id: `${answerId}:${END}`, data: presentFailure(event.turn, event.code) };
  }
}
