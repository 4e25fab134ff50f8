import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Config } from '../../src/config/config';
import { gatewayAddress } from '../../src/features/ai';
import { connectRedis } from '../../src/platform/redis/redis';
import { createStorage } from '../../src/platform/storage';
import { clockFinding } from './clock';
import { CONNECT_LIMIT_MS, type Finding, failed, ok, type Probe, reasonOf, skipped, warning } from './report';

const LEAST_REDIS = 7;
/** A list of models may be long, and a gateway may still be starting. */
const HTTP_LIMIT_MS = 6_000;
const SILENT = { debug() {}, info() {}, warn() {}, error() {}, child: () => SILENT };

/** Checks Redis, if one is set. */
export function redisProbe({ REDIS_URL: url, REDIS_TLS_VERIFY: verifyTls }: Config): Probe {
  return {
    checks: ['redis'],
    fix: 'check that Redis runs and that REDIS_URL is right; until then each process counts its own requests',
    run: async () => {
      if (url === undefined)
        return { redis: skipped('REDIS_URL is not set: each process counts its own requests') };
      const redis = connectRedis(url, SILENT, { verifyTls });
      try {
        let reason: unknown = new Error('no answer');
        redis.on('error', (error) => {
          reason = error;
        });
        await once(redis, 'ready', { signal: AbortSignal.timeout(CONNECT_LIMIT_MS) }).catch(() => {
          throw reason;
        });
        const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? '0';
        return {
          redis:
            Number.parseInt(version, 10) >= LEAST_REDIS
              ? ok(`Redis ${version}`)
              : warning(`Redis ${version}`, 'use Redis 7 or later'),
        };
      } finally {
        redis.disconnect();
      }
    },
  };
}

/**
 * Asks for the list of models, which costs nothing. OpenRouter's list is public, so it is asked about the
 * key itself.
 */
export function gatewayProbe(config: Config): Probe {
  return {
    checks: ['ai gateway', 'clock of the gateway'],
    fix: 'check that AI_GATEWAY_URL is right and can be reached from here (proxy, firewall)',
    run: async (): Promise<Record<string, Finding>> => {
      const address = gatewayAddress(config);
      if (address === null)
        return {
          'ai gateway': config.isProduction
            ? warning('the embedded demo provider answers', 'set AI_GATEWAY_URL, AI_API_KEY or both')
            : skipped('the embedded demo provider answers'),
        };
      const { apiKey, baseUrl, isOpenRouter } = address;
      const askedAt = Date.now();
      const response = await fetch(`${baseUrl}/${isOpenRouter ? 'key' : 'models'}`, {
        headers: apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` },
        signal: AbortSignal.timeout(HTTP_LIMIT_MS),
      });
      await response.body?.cancel();
      const at = Date.parse(response.headers.get('date') ?? '');
      return {
        'ai gateway': gatewayFinding(new URL(baseUrl).host, response.status),
        'clock of the gateway': Number.isNaN(at)
          ? skipped('the gateway does not send its time')
          : // The header has full seconds: on average it is half a second old.
            clockFinding('the gateway', at + 500 - (askedAt + Date.now()) / 2),
      };
    },
  };
}

function gatewayFinding(host: string, status: number): Finding {
  if (status < 300) return ok(`${host} answers and accepts the key`);
  if (status === 401 || status === 403)
    return failed(`${host} rejects the key (${status})`, 'set AI_API_KEY to a valid key of this service');
  if (status === 404)
    return warning(
      `${host} answers, but lists no models`,
      'AI_GATEWAY_URL must be the address without /chat/completions',
    );
  return failed(`${host} answers ${status}`, 'check the gateway itself and its status page');
}

/** Checks the mail provider, if one is set. */
export function mailProbe(config: Config): Probe {
  return {
    checks: ['mail'],
    fix: 'check that SMTP_URL (or RESEND_API_URL) is right and can be reached from here; many networks block ports 25 and 587',
    run: async () => {
      const { RESEND_API_KEY: key, RESEND_API_URL: url, SMTP_URL: smtp } = config;
      if (key !== undefined) return { mail: await askResend(url, key) };
      if (smtp !== undefined) return { mail: await askMailServer(smtp) };
      const { MAIL_FOLDER: folder } = config;
      return {
        mail:
          folder === undefined
            ? warning('no provider: no mail is sent', 'set SMTP_URL or RESEND_API_KEY, and MAIL_FROM')
            : skipped(`no provider: mails are written to ${folder}`),
      };
    },
  };
}

async function askResend(url: string, key: string): Promise<Finding> {
  const response = await fetch(`${url}/domains`, {
    headers: { Authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(HTTP_LIMIT_MS),
  });
  const body = await response.text();
  // A key that can only send mail, as recommended.
  if (response.ok || body.includes('restricted_api_key')) return ok('Resend accepts the key');
  if (response.status < 500)
    return failed(`Resend rejects the key (${response.status})`, 'set RESEND_API_KEY to a valid key');
  return failed(`Resend answers ${response.status}`, 'check the status page of Resend');
}

/** Talks to the mail server up to the point where a sender would be named. */
async function askMailServer(address: string): Promise<Finding> {
  const url = new URL(address);
  const secure = url.protocol === 'smtps:';
  const connection = new SMTPConnection({
    host: url.hostname,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    connectionTimeout: CONNECT_LIMIT_MS,
    greetingTimeout: CONNECT_LIMIT_MS,
    dnsTimeout: CONNECT_LIMIT_MS,
    socketTimeout: CONNECT_LIMIT_MS,
  });
  const auth = { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) };
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('error', reject);
      connection.connect((error) => {
        if (error || auth.user === '') return error ? reject(error) : resolve();
        connection.login({ credentials: auth }, (refused) => (refused ? reject(refused) : resolve()));
      });
    });
    return ok(`${url.hostname} answers${auth.user === '' ? '' : ' and accepts the password'}`);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EAUTH') throw error;
    return failed(
      `${url.hostname} rejects the user or the password`,
      'correct them in SMTP_URL (percent-encoded)',
    );
  } finally {
    connection.close();
  }
}

/** Checks that files can be written, read and deleted. */
export function storageProbe(config: Config): Probe {
  const where =
    config.S3_BUCKET === undefined ? `the folder ${config.STORAGE_DIR}` : `bucket ${config.S3_BUCKET}`;
  return {
    checks: ['storage'],
    fix:
      config.S3_BUCKET === undefined
        ? 'set STORAGE_DIR to a folder that this user may write to, on a volume that the API and the worker share'
        : 'check that S3_ENDPOINT, S3_REGION and the key are right, and that the key may put, get and delete objects',
    run: async () => {
      const storage = createStorage(config);
      // A folder without an owner: nothing else reads there.
      const key = `doctor/${randomUUID()}`;
      const content = `written by the doctor: ${key}`;
      try {
        await storage.write(key, chunksOf(content));
        const read = await text(await storage.read(key));
        await storage.delete(key);
        const same = read === content && (await storage.stat(key)) === null;
        return {
          storage: same
            ? ok(`${where}: written, read and deleted`)
            : failed(
                `${where}: the file that was read differs from the file that was written`,
                'look for a cache or a proxy in between',
              ),
        };
      } catch (error) {
        throw new Error(`${where}: ${reasonOf(error)}`);
      } finally {
        await storage.close();
      }
    },
  };
}

async function* chunksOf(content: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content);
}
