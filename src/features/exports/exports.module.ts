import { createSecretKey, hkdfSync } from 'node:crypto';
import type { Platform } from '../../platform/platform';
import type { AccessService } from '../access';
import type { AuditNames, AuditService } from '../audit';
import type { ClassesService } from '../classes';
import type { GroupFinder } from '../groups';
import type { UsageReader } from '../usage';
import { DownloadService } from './download/exports.download.service';
import { ExportLinks } from './download/exports.links';
import { ExportsController } from './exports.controller';
import type { ReportRenderer } from './exports.reports';
import { ExportsRepository } from './exports.repository';
import { exportRoutes } from './exports.routes';
import { ExportsService } from './exports.service';
import { ExportCleanup } from './job/exports.cleanup';
import { ExportCompletion, type OnReady } from './job/exports.completion';
import { ExportExecution } from './job/exports.execution';
import { ExportExecutionRepository } from './job/exports.execution.repository';
import { EXPORTS_PREFIX, ExportFiles } from './job/exports.files';
import { namesForRequester } from './tables/exports.audit-names';
import { createSources } from './tables/exports.sources';

export interface ExportsModuleDeps {
  access: AccessService;
  audit: AuditService;
  auditNames: AuditNames;
  classes: ClassesService;
  groups: GroupFinder;
  usage: UsageReader;
  reports: ReportRenderer;
  timezoneOf: (groupId: string) => Promise<string>;
  onReady: OnReady;
}

/** Builds the feature: creating, making, downloading and cleaning up exports. */
export function createExportsModule(platform: Platform, deps: ExportsModuleDeps) {
  const { clock, config, db, lists, logger, outbox, storage } = platform;
  const { access, audit, classes, groups, reports, timezoneOf } = deps;
  const exports = new ExportsRepository(db, lists);
  const repository = new ExportExecutionRepository(db);
  const files = new ExportFiles(storage, logger);
  const completion = new ExportCompletion({ db, exports, repository, files, audit, onReady: deps.onReady });
  const execution = new ExportExecution({
    ...{ db, exports, repository, files, reports, access, completion, timezoneOf },
    sources: createSources({
      db,
      usage: deps.usage,
      currency: config.BILLING_CURRENCY,
      namesOfEvents: namesForRequester(access, deps.auditNames),
    }),
  });
  const service = new ExportsService({
    ...{ db, clock, outbox, completion, classes, groups, audit },
    repository: exports,
  });
  const key = createSecretKey(
    Buffer.from(hkdfSync('sha256', config.SESSION_SECRET, '', 'raptscallions/export-link', 32)),
  );
  const links = new ExportLinks(key);
  const downloads = new DownloadService({ repository: exports, files, links, clock, audit });
  return {
    service,
    execution,
    cleanup: new ExportCleanup(repository, completion, config.RETENTION_EXPORTS_DAYS),
    /** Tells which files of the storage have an export. */
    owner: { prefix: EXPORTS_PREFIX, known: (keys: readonly string[]) => repository.knownFiles(keys) },
    routes: exportRoutes(new ExportsController(service, downloads, clock)),
  };
}
