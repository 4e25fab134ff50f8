import type { Platform } from '../../platform/platform';
import type { AuditService } from '../audit';
import { ToolsController } from './tools.controller';
import { ToolLibrary } from './tools.library';
import type { ToolsReader } from './tools.reader';
import { ToolsRepository } from './tools.repository';
import { toolsRoutes } from './tools.routes';
import { ToolsService } from './tools.service';
import { ToolVersionsRepository } from './tools.versions.repository';
import { ToolVersionsService } from './tools.versions.service';

export function createToolsModule({ db, lists, clock }: Platform, deps: { audit: AuditService }) {
  const tools = new ToolsRepository(db, lists, clock);
  const versions = new ToolVersionsRepository(db, lists);
  const library = new ToolLibrary(db, tools, versions);
  const service = new ToolsService(db, tools, versions, library, deps.audit, clock);
  const controller = new ToolsController(service, new ToolVersionsService(versions, library));
  const reader: ToolsReader = library;
  return { routes: toolsRoutes(controller), service, reader };
}
