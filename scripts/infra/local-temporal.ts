import { LocalData } from './local-data.cjs';
import { projectRoot } from './project-root';

/** The address of the Temporal that `npm start` runs in this checkout; undefined where it does not run. */
export function runningTemporalAddress(): string | undefined {
  return new LocalData(projectRoot).running()?.temporalAddress;
}
