import { projectRoot } from '../../src/local-servers/project-root';
import { LocalData } from './local-data.cjs';

/** The address of the Temporal that `npm start` runs in this checkout; undefined if it does not run. */
export function runningTemporalAddress(): string | undefined {
  return new LocalData(projectRoot).running()?.temporalAddress;
}
