import type { DefineRules } from './authz/ability';
import { AccessRepository, AccessService } from './features/access';
import { AuditService } from './features/audit';
import { createAuthModule } from './features/auth';
import { closePlatform, createPlatform, type PlatformOptions } from './platform/platform';

/** The permission rules of every feature. */
const RULES: readonly DefineRules[] = [];

export type ContainerOptions = PlatformOptions;

/**
 * The only composition root: the platform, then each feature in the order of their dependencies. API, worker,
 * scripts and tests are all built here and nowhere else.
 */
export function createContainer(options: ContainerOptions) {
  const platform = createPlatform(options);
  const audit = new AuditService(platform.db);
  const access = new AccessService(new AccessRepository(platform.db), platform.bus, RULES);
  const auth = createAuthModule(platform, { access, audit });

  return {
    platform,
    audit,
    access,
    auth,
    /** Begins to listen for the news of other processes. */
    start: () => platform.bus.start(),
    stop: () => closePlatform(platform),
  };
}

export type Container = ReturnType<typeof createContainer>;
