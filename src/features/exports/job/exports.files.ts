import type { Logger } from '../../../platform/logging/logger';
import type { ByteRange, Storage, StoredFile } from '../../../platform/storage';
import { AppError, UnavailableError } from '../../../shared/errors';
import type { StoredParts } from '../formats/exports.format';

export const EXPORTS_PREFIX = 'exports/';
const folderOf = (id: string): string => `${EXPORTS_PREFIX}${id}/`;
const partsOf = (id: string): string => `${folderOf(id)}parts/`;
/** The key of the finished file. */
export const fileKey = (id: string): string => `${folderOf(id)}file`;
const partKey = (id: string, part: number): string => `${partsOf(id)}${String(part).padStart(6, '0')}`;

/** Stores the files of exports. If the storage does not answer, the job retries later. */
export class ExportFiles {
  constructor(
    private readonly storage: Storage,
    private readonly logger: Logger,
  ) {}

  async writePart(id: string, part: number, chunks: readonly Buffer[]): Promise<void> {
    await this.tried(() => this.storage.write(partKey(id, part), oneByOne(chunks)));
  }

  parts(id: string, count: number): StoredParts {
    return { count, read: (part) => this.tried(() => this.storage.read(partKey(id, part))) };
  }

  async writeFile(id: string, chunks: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    let broken: { error: unknown } | null = null;
    // An error of the source of the chunks says nothing about the storage.
    async function* watched(): AsyncIterable<Uint8Array> {
      try {
        yield* chunks;
      } catch (error) {
        broken = { error };
        throw error;
      }
    }
    return this.tried(() =>
      this.storage.write(fileKey(id), watched()).catch((error: unknown) => {
        throw broken === null ? error : new SourceError(broken.error);
      }),
    ).catch((error: unknown) => {
      throw error instanceof SourceError ? error.cause : error;
    });
  }

  /** @throws StoredFileNotFoundError, UnavailableError */
  async read(key: string, range?: ByteRange) {
    return this.tried(() => this.storage.read(key, range));
  }

  async deleteParts(id: string): Promise<void> {
    await this.deleteAll(partsOf(id));
  }

  async deleteEverything(id: string): Promise<void> {
    await this.deleteAll(folderOf(id));
  }

  private async deleteAll(prefix: string): Promise<void> {
    await this.tried(async () => {
      const keys: string[] = [];
      for await (const { key } of this.storage.list(prefix)) keys.push(key);
      for (const key of keys) await this.storage.delete(key);
    });
  }

  private async tried<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError || error instanceof SourceError) throw error;
      this.logger.warn('the storage failed', { error });
      throw new UnavailableError('storage');
    }
  }
}

/** Carries an error of the source through our own error handling. */
class SourceError extends Error {
  constructor(cause: unknown) {
    super('the source of a file failed', { cause });
  }
}

async function* oneByOne(chunks: readonly Buffer[]): AsyncIterable<Uint8Array> {
  yield* chunks;
}
