import type { Readable } from 'node:stream';

/** What was written: its size, and the SHA-256 of its bytes in hexadecimal. */
export interface StoredFile {
  bytes: number;
  sha256: string;
}

export interface StorageEntry {
  key: string;
  bytes: number;
  modifiedAt: Date;
}

/** Bytes from `start` up to and including `end`, counted from 0; to the last one without `end`. */
export interface ByteRange {
  start: number;
  end?: number;
}

/**
 * Where files are kept. A key is a relative path such as `exports/<id>/roster.csv`: segments of letters, digits, `-`,
 * `_` and `.` with slashes between them (see `assertStorageKey`). What is there under a key is always whole: a reader
 * never sees half of a file, whoever dies while it is written.
 */
export interface Storage {
  /** Writes a file in place of any that is there. Never holds more of it in memory than a few chunks. */
  write(key: string, chunks: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  /** The bytes of a file, or a part of them. @throws StoredFileNotFoundError */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** The size of a file, or null where there is none. */
  stat(key: string): Promise<{ bytes: number } | null>;
  /** Deletes a file; one that is not there is fine. */
  delete(key: string): Promise<void>;
  /** Every file whose key begins with `prefix`, in any order; with `olderThan` only those last written before it. */
  list(prefix: string, olderThan?: Date): AsyncIterable<StorageEntry>;
  /** Lets go of connections. */
  close(): Promise<void>;
}
