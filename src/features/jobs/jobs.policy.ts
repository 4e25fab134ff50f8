import { type DefineRules, subject } from '../../authz/ability';
import { isTenantAdmin } from '../../authz/access';

/**
 * Who operates jobs: platform admins all of them, admins of a tenant's root those of their tenant. What belongs to no
 * tenant, schedules above all, is the platform's.
 */
export const jobRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin)
    allow(['job.read', 'job.manage', 'schedule.read', 'schedule.manage'], 'Job', {});
  if (isTenantAdmin(access, access.tenantId))
    allow(['job.read', 'job.manage'], 'Job', { tenantId: access.tenantId });
};

export const jobSubject = (tenantId: string | null) => subject('Job', { tenantId });
