import { AttemptLimit } from '../../http/rate-limit';
import type { Platform } from '../../platform/platform';
import type { AuditService } from '../audit';
import { DefinitionChecks, type DefinitionChecksDeps } from './tools.checks';
import { ToolsController } from './tools.controller';
import { ToolLibrary } from './tools.library';
import type { ToolsReader } from './tools.reader';
import { ToolsRepository } from './tools.repository';
import { toolsRoutes } from './tools.routes';
import { ToolsService } from './tools.service';
import { ToolVersionsRepository } from './tools.versions.repository';
import { ToolVersionsService } from './tools.versions.service';

/** Checking a definition may take a second of a thread, so a person gets a limited number per minute. */
const WINDOW_MS = 60_000;

export interface ToolsModuleDeps extends Pick<DefinitionChecksDeps, 'isUsableModel'> {
  audit: AuditService;
}

/** Builds the feature: tools, their versions, and the checks of their definitions. */
export function createToolsModule(platform: Platform, deps: ToolsModuleDeps) {
  const { config, db, lists, clock, redis, schemas } = platform;
  const limit = new AttemptLimit(redis, {
    name: 'definitions',
    limit: config.RATE_LIMIT_DEFINITIONS_PER_MINUTE,
    windowMs: WINDOW_MS,
    reason: 'tool.too_many_definitions',
  });
  const checks = new DefinitionChecks({ schemas, limit, isUsableModel: deps.isUsableModel });
  const tools = new ToolsRepository(db, lists, clock);
  const versions = new ToolVersionsRepository(db);
  const library = new ToolLibrary(db, tools, versions);
  const service = new ToolsService(db, tools, versions, library, checks, deps.audit, clock);
  const controller = new ToolsController(service, new ToolVersionsService(versions, library));
  const reader: ToolsReader = library;
  return { routes: toolsRoutes(controller), service, reader };
}
