import type { Config } from '../../src/config/config';
import { type Finding, failed, ok, type Probe, warning } from './report';

/**
 * 32 random characters of an alphabet of 16 contain more distinct ones than this; a repeated word does not.
 */
const LEAST_DISTINCT = 10;
const MADE_UP = /secret|password|change|example|default|test/i;

/** Checks the settings themselves, without a connection to any server. */
export function settingsProbe(config: Config): Probe {
  return {
    checks: ['secrets', 'production'],
    fix: 'compare the settings with docs/configuration.md',
    run: async () => ({ secrets: secretsFinding(config), production: productionFinding(config) }),
  };
}

function secretsFinding({ SESSION_SECRET: secret, ...config }: Config): Finding {
  const weak = new Set(secret).size < LEAST_DISTINCT || MADE_UP.test(secret);
  if (weak)
    return failed('SESSION_SECRET can be guessed', 'set it to the output of: openssl rand -base64 48');
  if (config.ADMIN_PASSWORD !== undefined)
    return warning(
      'ADMIN_PASSWORD is still set',
      'the first admin was created and has chosen another password: remove the setting',
    );
  return ok('SESSION_SECRET looks random');
}

function productionFinding(config: Config): Finding {
  if (!config.isProduction)
    return warning(`NODE_ENV is ${config.NODE_ENV}`, 'set NODE_ENV=production if people use this system');
  const isPublic = config.PUBLIC_URL.startsWith('https://');
  const wrong = [
    isPublic ? null : 'PUBLIC_URL is not https',
    isPublic && config.TRUST_PROXY === 0
      ? 'TRUST_PROXY is 0, but a proxy in front of the API serves HTTPS'
      : null,
    config.TEMPORAL_CODEC_KEYS.length === 0
      ? 'TEMPORAL_CODEC_KEYS is not set: Temporal stores ids unencrypted'
      : null,
    config.REGISTRATION_MODE === 'open' ? 'REGISTRATION_MODE is open: everyone may register' : null,
  ].filter((each) => each !== null);
  return wrong.length === 0
    ? ok('NODE_ENV is production, and the settings are right for it')
    : warning(wrong.join('; '), 'docs/configuration.md explains each setting');
}
