import { existsSync } from 'node:fs';
import { projectRoot } from '../../src/local-servers/project-root';
import { LocalData } from './local-data.cjs';
import { runningDatabaseUrl } from './local-database';
import { runningTemporalAddress } from './local-temporal';

/**
 * The settings of a running `npm start`, overridden by the environment; the environment alone if it does
 * not run.
 */
export function runningEnvironment(): NodeJS.ProcessEnv {
  const data = new LocalData(projectRoot);
  const databaseUrl = existsSync(data.secretsFile) ? runningDatabaseUrl(data) : undefined;
  if (databaseUrl === undefined) return process.env;
  const address = runningTemporalAddress();
  return {
    DATABASE_URL: databaseUrl,
    SESSION_SECRET: data.secrets().sessionSecret,
    STORAGE_DIR: data.storageFolder,
    MAIL_FOLDER: data.mailFolder,
    ...(address === undefined ? {} : { TEMPORAL_ADDRESS: address }),
    ...process.env,
  };
}
