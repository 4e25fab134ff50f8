import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeScratchFolder } from '../../local-servers/scratch-folder';
import {
  canHaveVersitygw,
  ensureVersitygw,
  type S3Server,
  startVersitygw,
} from '../../local-servers/versitygw';
import { createStorage } from './create-storage';
import type { Storage } from './storage';
import { StoredFileNotFoundError } from './storage.errors';
import { LocalStorage } from './storage.local';
import { S3Storage } from './storage.s3';

async function* chunked(...chunks: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function* breaking(): AsyncIterable<Uint8Array> {
  yield Buffer.alloc(100_000);
  throw new Error('the source broke');
}

async function textOf(
  storage: Storage,
  key: string,
  range?: { start: number; end?: number },
): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await storage.read(key, range)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('latin1');
}

async function keysOf(storage: Storage, prefix: string, olderThan?: Date): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list(prefix, olderThan)) keys.push(key);
  return keys.sort();
}

/** The behaviour that every kind of storage shares. */
function behavesLikeStorage(storage: () => Storage): void {
  it('stores a file and reports its size and hash', async () => {
    const stored = await storage().write('a/b/one.txt', chunked('Hello, ', '', 'world'));
    expect(stored).toEqual({ bytes: 12, sha256: createHash('sha256').update('Hello, world').digest('hex') });
    expect(await storage().stat('a/b/one.txt')).toEqual({ bytes: 12 });
    expect(await textOf(storage(), 'a/b/one.txt')).toBe('Hello, world');
  });

  it('keeps an empty file, and replaces a file', async () => {
    expect((await storage().write('a/empty', chunked())).bytes).toBe(0);
    expect(await textOf(storage(), 'a/empty')).toBe('');
    await storage().write('a/empty', chunked('no longer'));
    expect(await textOf(storage(), 'a/empty')).toBe('no longer');
  });

  it('keeps a file of many parts, byte for byte', async () => {
    const piece = randomBytes(1_048_576);
    const stored = await storage().write(
      'a/large',
      chunked(...Array.from({ length: 20 }, () => piece), 'end'),
    );
    expect(await storage().stat('a/large')).toEqual({ bytes: 20 * 1_048_576 + 3 });
    const hash = createHash('sha256');
    for await (const chunk of await storage().read('a/large')) hash.update(chunk as Buffer);
    expect(hash.digest('hex')).toBe(stored.sha256);
    expect(await textOf(storage(), 'a/large', { start: 20 * 1_048_576 })).toBe('end');
    await storage().delete('a/large');
  });

  it('reads a part of a file, both ends included', async () => {
    await storage().write('a/range', chunked('0123456789'));
    expect(await textOf(storage(), 'a/range', { start: 0, end: 0 })).toBe('0');
    expect(await textOf(storage(), 'a/range', { start: 3, end: 5 })).toBe('345');
    expect(await textOf(storage(), 'a/range', { start: 8 })).toBe('89');
    expect(await textOf(storage(), 'a/range', { start: 8, end: 100 })).toBe('89');
  });

  it('says of a file that is not there that it is not', async () => {
    expect(await storage().stat('a/none')).toBeNull();
    await expect(storage().read('a/none')).rejects.toBeInstanceOf(StoredFileNotFoundError);
    await storage().delete('a/none');
  });

  it('leaves the previous file unchanged if writing fails', async () => {
    await storage().write('a/kept', chunked('before'));
    await expect(storage().write('a/kept', breaking())).rejects.toThrow('the source broke');
    await expect(storage().write('a/never', breaking())).rejects.toThrow('the source broke');
    expect(await textOf(storage(), 'a/kept')).toBe('before');
    expect(await storage().stat('a/never')).toBeNull();
  });

  it('lists by prefix and by age, and deletes', async () => {
    for (const key of ['list/a', 'list/b/c', 'list/b/d', 'listed']) await storage().write(key, chunked(key));
    expect(await keysOf(storage(), 'list/')).toEqual(['list/a', 'list/b/c', 'list/b/d']);
    expect(await keysOf(storage(), 'list/b/')).toEqual(['list/b/c', 'list/b/d']);
    expect(await keysOf(storage(), 'nothing/here/')).toEqual([]);
    expect(await keysOf(storage(), 'list/', new Date(Date.now() - 3_600_000))).toEqual([]);
    expect(await keysOf(storage(), 'list/', new Date(Date.now() + 3_600_000))).toHaveLength(3);
    for await (const { key, bytes, modifiedAt } of storage().list('list/b/')) {
      expect(bytes).toBe(key.length);
      expect(Math.abs(modifiedAt.getTime() - Date.now())).toBeLessThan(600_000);
    }
    for (const key of ['list/a', 'list/b/c', 'list/b/d']) await storage().delete(key);
    expect(await keysOf(storage(), 'list/')).toEqual([]);
    expect(await storage().stat('listed')).toEqual({ bytes: 6 });
  });

  it.each([
    '../out',
    'a/../../out',
    '/etc/passwd',
    'a//b',
    'a/',
    '',
    '.',
    '..',
    '.hidden',
    'a\\b',
    'a\0b',
    'ä',
    'a b',
    'a.part',
    'x'.repeat(300),
  ])('refuses %j as a key', async (key) => {
    await expect(storage().write(key, chunked('x'))).rejects.toThrow('not a storage key');
    await expect(storage().read(key)).rejects.toThrow('not a storage key');
    await expect(storage().stat(key)).rejects.toThrow('not a storage key');
    await expect(storage().delete(key)).rejects.toThrow('not a storage key');
  });

  it('refuses a prefix that ends within a name', async () => {
    await expect(keysOf(storage(), 'list')).rejects.toThrow('ends with a slash');
    await expect(keysOf(storage(), '../')).rejects.toThrow('not a storage key');
  });
}

describe('a local folder', () => {
  const folder = makeScratchFolder();
  const root = join(folder.path, 'files');
  const local = new LocalStorage(root);
  afterAll(() => folder.remove());

  behavesLikeStorage(() => local);

  it('is only for its owner, and has no half-written files', async () => {
    await local.write('mode/file', chunked('secret'));
    expect(statSync(join(root, 'mode')).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, 'mode', 'file')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(root, 'mode'))).toEqual(['file']);
  });

  it('removes folders with their last file, and after a day the unfinished files of a dead process', async () => {
    await local.write('deep/er/file', chunked('x'));
    const left = join(root, 'deep', 'er', 'file.0.part');
    writeFileSync(left, 'half');
    expect(await keysOf(local, 'deep/')).toEqual(['deep/er/file']);
    expect(existsSync(left)).toBe(true);
    const old = new Date(Date.now() - 25 * 3_600_000);
    utimesSync(left, old, old);
    await keysOf(local, 'deep/');
    expect(existsSync(left)).toBe(false);
    await local.delete('deep/er/file');
    expect(existsSync(join(root, 'deep'))).toBe(false);
  });

  it('follows no link out of itself when it lists', async () => {
    await local.write('links/file', chunked('x'));
    symlinkSync('/etc', join(root, 'links', 'etc'));
    expect(await keysOf(local, 'links/')).toEqual(['links/file']);
  });

  it('supports many simultaneous writes and deletions in the same folder', async () => {
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        await local.write(`busy/${i % 5}/file-${i}`, chunked(String(i)));
        await local.delete(`busy/${i % 5}/file-${i}`);
      }),
    );
    expect(await keysOf(local, 'busy/')).toEqual([]);
  });
});

const describeS3 = canHaveVersitygw() ? describe : describe.skip;

describeS3('an S3 bucket', () => {
  let server: S3Server;
  let storage: Storage;
  const settings = (more: object = {}) => ({
    STORAGE_DIR: '/nowhere',
    S3_BUCKET: server.bucket,
    S3_ENDPOINT: server.endpoint,
    S3_REGION: 'us-east-1',
    S3_ACCESS_KEY_ID: server.accessKeyId,
    S3_SECRET_ACCESS_KEY: server.secretAccessKey,
    S3_FORCE_PATH_STYLE: true,
    ...more,
  });

  // The first time on a machine, the server is built, which takes minutes.
  beforeAll(async () => {
    server = await startVersitygw(await ensureVersitygw());
    storage = createStorage(settings());
  }, 900_000);
  afterAll(async () => {
    await storage.close();
    await server.remove();
  });

  behavesLikeStorage(() => storage);

  it('is what the settings ask for; without a bucket it is the folder', () => {
    expect(storage).toBeInstanceOf(S3Storage);
    expect(createStorage(settings({ S3_BUCKET: undefined }))).toBeInstanceOf(LocalStorage);
  });

  it('lists more than one page', async () => {
    const keys = Array.from({ length: 1_005 }, (_, i) => `pages/${i}`);
    // A small server gains nothing from more parallel requests.
    for (let at = 0; at < keys.length; at += 15)
      await Promise.all(keys.slice(at, at + 15).map((key) => storage.write(key, chunked('x'))));
    expect(await keysOf(storage, 'pages/')).toHaveLength(1_005);
  });

  it('fails if the bucket does not exist or the key is wrong', async () => {
    const noBucket = createStorage(settings({ S3_BUCKET: 'no-such-bucket' }));
    await expect(noBucket.read('a/x')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    const wrongKey = createStorage(settings({ S3_SECRET_ACCESS_KEY: 'wrong' }));
    await expect(wrongKey.write('a/x', chunked('x'))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    await Promise.all([noBucket.close(), wrongKey.close()]);
  });
});
