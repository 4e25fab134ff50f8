import { type Config, loadConfig } from '../../src/config/config';
import { EnvError } from '../../src/config/env';
import { databaseProbe, poolerProbe } from './database';
import { replicaProbe } from './replica';
import { type CheckResult, examine, failed, ok } from './report';
import { gatewayProbe, mailProbe, redisProbe, storageProbe } from './services';
import { settingsProbe } from './settings';
import { temporalProbe } from './temporal';

/** In the order in which you best fix things. */
const PROBES = [
  settingsProbe,
  databaseProbe,
  poolerProbe,
  replicaProbe,
  redisProbe,
  temporalProbe,
  gatewayProbe,
  mailProbe,
  storageProbe,
];

/**
 * Checks everything that these settings name. If the settings themselves are invalid, that is the only
 * finding.
 */
export async function examineSystem(source: NodeJS.ProcessEnv): Promise<CheckResult[]> {
  let config: Config;
  try {
    config = loadConfig(source);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    const problems = error.message.split('\n').slice(1);
    const seen = problems.map((problem) => problem.trim()).join('; ');
    return [
      {
        check: 'settings',
        ...failed(seen, 'correct them in .env; docs/configuration.md explains each setting'),
        ms: 0,
      },
    ];
  }
  const settings = { check: 'settings', ...ok('can be used'), ms: 0 };
  return [settings, ...(await examine(PROBES.map((probe) => probe(config))))];
}
