import { pickPort } from '../../src/local-servers/ports';
import { warn } from '../setup/steps.cjs';

/** Gives out ports, none twice, and says so when a usual one is taken. */
export class PortBook {
  private readonly given = new Set<number>();

  async pick(whose: string, wanted: number): Promise<number> {
    const port = await pickPort(wanted, this.given);
    this.given.add(port);
    if (port !== wanted) warn(`Port ${wanted} is taken: ${whose} uses ${port}`);
    return port;
  }
}
