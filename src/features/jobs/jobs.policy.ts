import { type DefineRules, subject } from '../../authz/ability';
import { isTenantAdmin } from '../../authz/access';

/**
 * Platform admins operate all jobs, admins of a tenant's root those of their tenant. Jobs without a tenant,
 * above all schedules, belong to the platform.
 */
export const jobRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin)
    allow(['job.read', 'job.manage', 'schedule.read', 'schedule.manage'], 'Job', {});
  if (isTenantAdmin(access, access.tenantId))
    allow(['job.read', 'job.manage'], 'Job', { tenantId: access.tenantId });
};

export const jobSubject = (tenantId: string | null) => subject('Job', { tenantId });
