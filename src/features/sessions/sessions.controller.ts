import type { z } from 'zod';
import { type Call, listOrderOf, listQueryOf, type Reply, reply } from '../../http/route';
import { mapPage } from '../../shared/pages';
import { presentMessage, presentSession, sessionLocation } from './sessions.presenter';
import type {
  CreateSessionBody,
  ListMessagesQuery,
  ListSessionsQuery,
  MessageParams,
} from './sessions.schemas';
import type { SessionsService } from './sessions.service';

type Id = { id: string };

export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  list = async ({ principal, query }: Call<unknown, z.output<typeof ListSessionsQuery>>): Promise<Reply> => {
    const page = await this.sessions.listSessions(principal, listQueryOf(query));
    return reply.page(mapPage(page, (session) => presentSession(principal, session)));
  };

  create = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof CreateSessionBody>>): Promise<Reply> => {
    const { submissionId, toolId } = body;
    const on = submissionId === undefined ? { toolId: toolId as string } : { submissionId };
    const session = await this.sessions.createSession(principal, on);
    return reply.created(sessionLocation(session.id), presentSession(principal, session), session.revision);
  };

  get = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const session = await this.sessions.readSession(principal, params.id);
    return reply.ok(presentSession(principal, session), session.revision);
  };

  complete = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const session = await this.sessions.completeSession(principal, params.id);
    return reply.ok(presentSession(principal, session), session.revision);
  };

  stop = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const session = await this.sessions.stopSession(principal, params.id);
    return reply.ok(presentSession(principal, session), session.revision);
  };

  listMessages = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof ListMessagesQuery>>): Promise<Reply> => {
    const page = await this.sessions.listMessages(principal, params.id, listOrderOf(query));
    return reply.page(mapPage(page, presentMessage));
  };

  getMessage = async ({ principal, params }: Call<z.output<typeof MessageParams>>): Promise<Reply> =>
    reply.ok(presentMessage(await this.sessions.getMessage(principal, params.id, params.messageId)));
}
