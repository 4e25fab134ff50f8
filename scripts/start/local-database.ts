import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../src/local-servers/processes.cjs';
import { projectRoot } from '../../src/local-servers/project-root';
import { LocalData } from './local-data.cjs';

const NAME = 'raptscallions';

/** The address of the database that `npm start` runs in this checkout; undefined if it does not run. */
export function runningDatabaseUrl(data = new LocalData(projectRoot)): string | undefined {
  if (!existsSync(data.secretsFile)) return undefined;
  for (const folder of [data.folder, data.remoteFolder()]) {
    const file = join(folder, 'postgres', 'postmaster.pid');
    if (!existsSync(file)) continue;
    // PostgreSQL's PID file has the PID, folder, start time and port, one a line.
    const [pid, , , port] = readFileSync(file, 'utf8').split('\n');
    if (!isAlive(Number(pid))) continue;
    const password = encodeURIComponent(data.secrets().databasePassword);
    return `postgresql://${NAME}:${password}@127.0.0.1:${Number(port)}/${NAME}`;
  }
  return undefined;
}
