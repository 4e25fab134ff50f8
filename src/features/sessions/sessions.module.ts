import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AiGateway, AiLimitsReader } from '../ai';
import type { AuditService } from '../audit';
import type { SubmissionsReader } from '../submissions';
import type { ToolsReader } from '../tools';
import { SessionsCleanupRepository } from './sessions.cleanup.repository';
import { SessionsCleanupService } from './sessions.cleanup.service';
import { SessionsController } from './sessions.controller';
import { messageRoutes } from './sessions.messages.routes';
import { SessionsRepository } from './sessions.repository';
import { sessionRoutes } from './sessions.routes';
import { SessionsService } from './sessions.service';
import { OpenStreams } from './turns/sessions.streams';
import { TurnRunner } from './turns/sessions.turn-runner';
import { TurnsController } from './turns/sessions.turns.controller';
import { TurnsRepository } from './turns/sessions.turns.repository';
import { TurnsService } from './turns/sessions.turns.service';

/** Time before the server cuts connections off, to store what had arrived and to end streams properly. */
const LAST_WORDS_MS = 2_000;

export interface SessionsModuleDeps {
  audit: AuditService;
  access: AccessService;
  tools: ToolsReader;
  submissions: SubmissionsReader;
  gateway: AiGateway;
  limits: AiLimitsReader;
}

/** Builds the feature: chats, their turns, streams and clean-up. */
export function createSessionsModule(platform: Platform, deps: SessionsModuleDeps) {
  const { db, bus, lists, logger, config } = platform;
  const { audit, access, tools, submissions, gateway, limits } = deps;
  const repository = new SessionsRepository(db, lists);
  const turnsRepository = new TurnsRepository(db);
  const service = new SessionsService({ db, bus, repository, audit, tools, submissions, limits });
  const runner = new TurnRunner({ repository: turnsRepository, access, bus, logger });
  const turns = new TurnsService({
    db,
    audit,
    repository: turnsRepository,
    headers: repository,
    sessions: service,
    runner,
    tools,
    gateway,
    bus,
    aiTimeoutMs: config.AI_TIMEOUT_MS,
  });
  const streams = new OpenStreams(access, logger);
  const sessionsController = new SessionsController(service);
  return {
    routes: [
      ...sessionRoutes(sessionsController),
      ...messageRoutes(sessionsController, new TurnsController(turns, service, streams)),
    ],
    service,
    turns,
    cleanup: new SessionsCleanupService(db, new SessionsCleanupRepository(db), audit),
    /**
     * For a shutdown: begins no new turns; running ones get this much time, then they are stored as
     * aborted, and every stream ends with a last event. Call it before the database is closed.
     */
    drain: async (graceMs: number = Math.max(0, config.SHUTDOWN_GRACE_MS - LAST_WORDS_MS)): Promise<void> => {
      await turns.drain(graceMs);
      streams.endAll('server.shutdown');
    },
  };
}

export type SessionsModule = ReturnType<typeof createSessionsModule>;
