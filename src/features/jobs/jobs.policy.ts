import { type DefineRules, subject } from '../../authz/ability';

const isRoot = (path: string): boolean => !path.includes('.');

/**
 * Who operates jobs: platform admins all of them, admins of a tenant's root those of their tenant. What belongs to no
 * tenant, schedules above all, is the platform's.
 */
export const jobRules: DefineRules = (access, allow) => {
  if (access.isPlatformAdmin)
    allow(['job.read', 'job.manage', 'schedule.read', 'schedule.manage'], 'Job', () => true);
  if (access.adminPaths.some(isRoot))
    allow(
      ['job.read', 'job.manage'],
      'Job',
      (job) => job.tenantId !== null && job.tenantId === access.tenantId,
    );
};

export const jobSubject = (tenantId: string | null) => subject('Job', { tenantId });
