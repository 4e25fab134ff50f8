import type { PersonNames } from '../../authz/names';
import type { Database } from '../../platform/db/database';
import type { Platform } from '../../platform/platform';
import { AuditController } from './audit.controller';
import { AuditNamesRepository } from './audit.names.repository';
import { AuditNames } from './audit.names.service';
import { auditRoutes } from './audit.routes';
import { AuditSealRepository } from './audit.seal.repository';
import { AuditSealService } from './audit.seal.service';
import { AuditTrailRepository } from './audit.trail.repository';
import { AuditTrailService } from './audit.trail.service';
import { AuditVerifyRepository } from './audit.verify.repository';
import { AuditVerifyService } from './audit.verify.service';

/** Everything about the trail except writing to it: reading, sealing, verifying. */
export function createAuditTrailModule(
  { db, lists }: Pick<Platform, 'db' | 'lists'>,
  { people }: { people: PersonNames },
) {
  const names = new AuditNames(new AuditNamesRepository(db), people);
  const trail = new AuditTrailService(new AuditTrailRepository(db, lists), names);
  return {
    routes: auditRoutes(new AuditController(trail)),
    names,
    seal: new AuditSealService(db, new AuditSealRepository(db)),
    verify: createAuditVerification(db),
  };
}

/** For the operator's script, which needs only a database. */
export const createAuditVerification = (db: Database): AuditVerifyService =>
  new AuditVerifyService(new AuditVerifyRepository(db));
