import { LRUCache } from 'lru-cache';
import type { Logger } from '../../../platform/logging/logger';
import { CONFIGURATION_FAULTS, type ConfigurationFault, type Fault } from '../providers/ai.provider';

/** A fault that an administrator has to fix. */
export interface FaultReport {
  tenantId: string;
  provider: string;
  model: string;
  fault: ConfigurationFault;
  /** The UTC day of the fault, because one notification a day is enough. */
  day: string;
}

const DAY_MS = 24 * 60 * 60_000;
/** A bound for the memory of what was reported. */
const MAX_TOLD = 10_000;

const isConfiguration = (fault: Fault): fault is ConfigurationFault =>
  (CONFIGURATION_FAULTS as readonly string[]).includes(fault);

export interface ConfigurationFaultsDeps {
  logger: Logger;
  provider: string;
  /**
   * Notifies the administrators of the tenant and of the platform; the same report twice is one
   * notification.
   */
  tell: (report: FaultReport) => Promise<void>;
  now?: () => number;
}

/**
 * Failures that waiting does not fix (no credit, a wrong key, an unknown model). Administrators are
 * notified once a day.
 */
export class ConfigurationFaults {
  private readonly reported = new LRUCache<string, true>({ max: MAX_TOLD });

  constructor(private readonly deps: ConfigurationFaultsDeps) {}

  /** Never throws, because the caller already has an error to report. */
  async report(fault: Fault, model: string, tenantId: string): Promise<void> {
    if (!isConfiguration(fault)) return;
    const { logger, provider, tell, now = Date.now } = this.deps;
    const day = new Date(Math.floor(now() / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
    const key = [day, tenantId, fault, model].join(' ');
    if (this.reported.has(key)) return;
    this.reported.set(key, true);
    logger.error('the AI service is not configured correctly', { provider, model, fault, tenantId });
    try {
      await tell({ tenantId, provider, model, fault, day });
    } catch (error) {
      this.reported.delete(key);
      logger.warn('administrators could not be notified of a fault', { error, fault, model });
    }
  }
}
