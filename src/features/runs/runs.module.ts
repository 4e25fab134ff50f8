import type { Platform } from '../../platform/platform';
import type { AiGateway, AiLimitsReader } from '../ai';
import type { AuditService } from '../audit';
import type { SubmissionsReader } from '../submissions';
import type { ToolsReader } from '../tools';
import { RunsController } from './runs.controller';
import { RunExecution } from './runs.execution';
import { RunExecutionRepository } from './runs.execution.repository';
import { RunsRepository } from './runs.repository';
import { RunsRetentionRepository } from './runs.retention.repository';
import { RunsRetentionService } from './runs.retention.service';
import { runRoutes } from './runs.routes';
import { RunsService } from './runs.service';

export interface RunsModuleDeps {
  tools: ToolsReader;
  submissions: SubmissionsReader;
  gateway: Pick<AiGateway, 'ask' | 'settle' | 'settleAbandonedOfRun'>;
  limits: AiLimitsReader;
  audit: AuditService;
}

/** Builds the feature: runs, their execution and their retention. */
export function createRunsModule(platform: Platform, deps: RunsModuleDeps) {
  const { clock, db, lists, logger, outbox, schemas } = platform;
  const { tools, submissions, gateway, limits, audit } = deps;
  const service = new RunsService({
    db,
    clock,
    outbox,
    repository: new RunsRepository(db, lists),
    tools,
    submissions,
    limits,
    audit,
    schemas,
  });
  const execution = new RunExecution({
    db,
    repository: new RunExecutionRepository(db),
    tools,
    gateway,
    audit,
    logger,
    schemas,
  });
  const retention = new RunsRetentionService(
    db,
    new RunsRetentionRepository(db),
    audit,
    platform.config.RETENTION_RUNS_DAYS,
  );
  return { service, execution, retention, routes: runRoutes(new RunsController(service)) };
}
