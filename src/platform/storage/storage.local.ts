import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { newId } from '../../shared/ids';
import type { ByteRange, Storage, StorageEntry, StoredFile } from './storage';
import { StoredFileNotFoundError } from './storage.errors';
import { assertStorageKey, assertStoragePrefix, UNFINISHED } from './storage.key';
import { Measure } from './storage.measure';

/** A file that was not written to for this long was left by a process that died. */
const ABANDONED_AFTER_MS = 24 * 60 * 60_000;

const isMissing = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Stores files in a folder of this machine; several machines must share the folder. */
export class LocalStorage implements Storage {
  private readonly root: string;

  constructor(folder: string) {
    this.root = resolve(folder);
  }

  async write(key: string, chunks: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    const path = this.pathOf(key);
    const unfinished = `${path}.${newId()}${UNFINISHED}`;
    const file = await this.create(unfinished);
    const measure = new Measure();
    try {
      for await (const chunk of measure.of(chunks)) await file.writeFile(chunk);
      // If it were renamed before its bytes are on the disk, a power cut could leave an empty file under
      // the key.
      await file.sync();
      await file.close();
      await rename(unfinished, path);
    } catch (error) {
      await file.close().catch(() => {});
      await rm(unfinished, { force: true });
      throw error;
    }
    return measure.result();
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const file = await open(this.pathOf(key), 'r').catch((error: unknown) => {
      throw isMissing(error) ? new StoredFileNotFoundError() : error;
    });
    return file.createReadStream(
      range === undefined
        ? {}
        : { start: range.start, ...(range.end === undefined ? {} : { end: range.end }) },
    );
  }

  async stat(key: string): Promise<{ bytes: number } | null> {
    const found = await statOf(this.pathOf(key));
    return found === null ? null : { bytes: found.size };
  }

  async delete(key: string): Promise<void> {
    const path = this.pathOf(key);
    await rm(path, { force: true });
    await this.removeEmptyFolders(dirname(path));
  }

  async *list(prefix: string, olderThan?: Date): AsyncIterable<StorageEntry> {
    assertStoragePrefix(prefix);
    for await (const key of this.walk(prefix)) {
      const found = await statOf(join(this.root, key));
      if (found === null) continue;
      if (key.endsWith(UNFINISHED)) await this.removeAbandoned(key, found.mtime);
      else if (olderThan === undefined || found.mtime < olderThan)
        yield { key, bytes: found.size, modifiedAt: found.mtime };
    }
  }

  async close(): Promise<void> {}

  private pathOf(key: string): string {
    assertStorageKey(key);
    return join(this.root, key);
  }

  /** Another process may remove the empty folder between its creation and the file's. */
  private async create(path: string) {
    for (let round = 1; ; round += 1) {
      // Only the application's account may read exports.
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      try {
        return await open(path, 'wx', 0o600);
      } catch (error) {
        if (!isMissing(error) || round >= 10) throw error;
      }
    }
  }

  private async *walk(prefix: string): AsyncIterable<string> {
    const entries = await readdir(join(this.root, prefix), { withFileTypes: true }).catch(
      (error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      },
    );
    for (const entry of entries) {
      if (entry.isDirectory()) yield* this.walk(`${prefix}${entry.name}/`);
      else if (entry.isFile()) yield prefix + entry.name;
    }
  }

  private async removeAbandoned(key: string, modifiedAt: Date): Promise<void> {
    if (Date.now() - modifiedAt.getTime() > ABANDONED_AFTER_MS)
      await rm(join(this.root, key), { force: true });
  }

  private async removeEmptyFolders(folder: string): Promise<void> {
    for (let at = folder; at.length > this.root.length; at = dirname(at)) {
      try {
        await rmdir(at);
      } catch {
        return;
      }
    }
  }
}

async function statOf(path: string) {
  try {
    const found = await stat(path);
    return found.isFile() ? found : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
