import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { ByteRange, Storage, StorageEntry, StoredFile } from './storage';
import { StoredFileNotFoundError } from './storage.errors';
import { assertStorageKey, assertStoragePrefix } from './storage.key';
import { Measure } from './storage.measure';

export interface S3Options {
  /** Absent for Amazon S3. */
  endpoint?: string;
  region: string;
  bucket: string;
  /** Absent if the machine itself has a role with access. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** Use `https://host/bucket/key` instead of `https://bucket.host/key`. */
  forcePathStyle: boolean;
}

/** How much of a file is held in memory during an upload. S3 accepts at most 10,000 parts: 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;
/** Attempts of one request, with the SDK's own pauses; after them the job retries. */
const ATTEMPTS = 4;
/** A reachable server answers within milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A connection without a byte for this long is dead; a part of 8 MB takes less even on a slow line. */
const IDLE_TIMEOUT_MS = 60_000;

function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'NoSuchKey' || ($metadata?.httpStatusCode === 404 && name !== 'NoSuchBucket');
}

/**
 * Loads the SDK when it is first needed: it takes 20 MB and a fifth of a second, and most installations do
 * without it.
 */
async function loadSdk(options: S3Options) {
  const [s3, { Upload }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/lib-storage')]);
  return { s3, Upload, client: connect(s3.S3Client, options) };
}

function connect(Client: typeof S3Client, options: S3Options): S3Client {
  const { endpoint, region, credentials, forcePathStyle } = options;
  return new Client({
    region,
    forcePathStyle,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
    // Not all services know the newer checksums that the SDK would send.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

/** Stores files in a bucket of any S3-compatible service. */
export class S3Storage implements Storage {
  private loading: ReturnType<typeof loadSdk> | null = null;

  constructor(private readonly options: S3Options) {}

  async write(key: string, chunks: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    const { client, Upload } = await this.sdk();
    const measure = new Measure();
    const upload = new Upload({
      client,
      params: { ...this.at(key), Body: Readable.from(measure.of(chunks), { objectMode: false }) },
      partSize: PART_BYTES,
      // One part is sent while the next is filled.
      queueSize: 1,
      // A failed upload leaves nothing behind.
      leavePartsOnError: false,
    });
    await upload.done();
    return measure.result();
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const { client, s3 } = await this.sdk();
    const Range = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end ?? ''}` };
    try {
      const { Body } = await client.send(new s3.GetObjectCommand({ ...this.at(key), ...Range }));
      return Body as Readable;
    } catch (error) {
      throw isMissing(error) ? new StoredFileNotFoundError() : error;
    }
  }

  async stat(key: string): Promise<{ bytes: number } | null> {
    const { client, s3 } = await this.sdk();
    try {
      const { ContentLength } = await client.send(new s3.HeadObjectCommand(this.at(key)));
      return { bytes: ContentLength ?? 0 };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    const { client, s3 } = await this.sdk();
    try {
      await client.send(new s3.DeleteObjectCommand(this.at(key)));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }

  async *list(prefix: string, olderThan?: Date): AsyncIterable<StorageEntry> {
    assertStoragePrefix(prefix);
    const { client, s3 } = await this.sdk();
    const pages = s3.paginateListObjectsV2({ client }, { Bucket: this.options.bucket, Prefix: prefix });
    for await (const { Contents } of pages) {
      for (const { Key, Size, LastModified } of Contents ?? []) {
        if (Key === undefined || LastModified === undefined || Key.endsWith('/')) continue;
        if (olderThan === undefined || LastModified < olderThan)
          yield { key: Key, bytes: Size ?? 0, modifiedAt: LastModified };
      }
    }
  }

  async close(): Promise<void> {
    const loaded = await this.loading;
    loaded?.client.destroy();
  }

  private sdk(): ReturnType<typeof loadSdk> {
    this.loading ??= loadSdk(this.options);
    return this.loading;
  }

  private at(key: string): { Bucket: string; Key: string } {
    assertStorageKey(key);
    return { Bucket: this.options.bucket, Key: key };
  }
}
