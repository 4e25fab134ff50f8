import type { Config } from '../../config/config';
import type { Logger } from '../logging/logger';
import type { TemporalCallLimits } from './call-limits';
import type { TemporalClient } from './temporal-client';

/**
 * The process's client of Temporal, created when first used: loading it takes half a second, which most
 * tests and scripts never need.
 */
export class LazyTemporal {
  private client: TemporalClient | null = null;

  constructor(
    private readonly config: Config,
    private readonly logger: Logger,
    private readonly limits: TemporalCallLimits,
  ) {}

  get(): TemporalClient {
    // Not at the top of the file, and not `import()`, which would load it through another module system.
    const { TemporalClient: Class } = require('./temporal-client') as typeof import('./temporal-client');
    this.client ??= new Class(this.config, this.logger, this.limits);
    return this.client;
  }

  async close(): Promise<void> {
    await this.client?.close();
  }
}
