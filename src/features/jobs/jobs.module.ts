import type { Platform } from '../../platform/platform';
import type { WorkflowContract } from '../../platform/temporal/contract';
import type { AuditService } from '../audit';
import { JobsController } from './jobs.controller';
import { JobsPresenter } from './jobs.presenter';
import { jobRoutes } from './jobs.routes';
import { JobSchedulesService } from './jobs.schedules.service';
import { type AsksTemporal, JobsService } from './jobs.service';

export interface JobsModuleDeps {
  audit: AuditService;
  /** The contracts of all workflows that users request; scheduled ones can always be started again. */
  contracts: readonly Pick<WorkflowContract<never>, 'name' | 'restartable'>[];
}

/** Builds the feature: operating workflows and schedules. */
export function createJobsModule(platform: Platform, { audit, contracts }: JobsModuleDeps) {
  const temporal: AsksTemporal = { ask: (work) => platform.temporal.get().ask(work) };
  const restartable = new Set(contracts.filter((each) => each.restartable === true).map(({ name }) => name));
  const jobs = new JobsService({ temporal, audit, restartable });
  const { TEMPORAL_UI_URL: uiUrl, TEMPORAL_NAMESPACE: namespace } = platform.config;
  const presenter = new JobsPresenter({ uiUrl, namespace, isRestartable: (job) => jobs.isRestartable(job) });
  return {
    routes: jobRoutes(new JobsController(jobs, new JobSchedulesService(temporal, audit), presenter)),
  };
}
