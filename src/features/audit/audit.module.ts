import type { Database } from '../../platform/db/database';
import type { Platform } from '../../platform/platform';
import { AuditController } from './audit.controller';
import { auditRoutes } from './audit.routes';
import { AuditSealRepository } from './audit.seal.repository';
import { AuditSealService } from './audit.seal.service';
import { AuditTrailRepository } from './audit.trail.repository';
import { AuditTrailService } from './audit.trail.service';
import { AuditVerifyRepository } from './audit.verify.repository';
import { AuditVerifyService } from './audit.verify.service';

/** What is done with the trail besides writing to it: reading, sealing, verifying. */
export function createAuditTrailModule({ db, lists }: Pick<Platform, 'db' | 'lists'>) {
  return {
    routes: auditRoutes(new AuditController(new AuditTrailService(new AuditTrailRepository(db, lists)))),
    seal: new AuditSealService(db, new AuditSealRepository(db)),
    verify: createAuditVerification(db),
  };
}

/** For the operator's script, which needs a database and nothing else. */
export const createAuditVerification = (db: Database): AuditVerifyService =>
  new AuditVerifyService(new AuditVerifyRepository(db));
