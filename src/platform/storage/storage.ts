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

/** The bytes from `start` up to and including `end`, counted from 0; up to the last one without `end`. */
export interface ByteRange {
  start: number;
  end?: number;
}

/**
 * Stores files. A key is a relative path such as `exports/<id>/roster.csv`: segments of letters, digits,
 * `-`, `_` and `.` with slashes between them (see `assertStorageKey`). A file under a key is always whole:
 * a reader never sees half of a file, even if a process dies while it writes.
 */
export interface Storage {
  /** Writes a file and replaces an existing one. Never holds more than a few chunks in memory. */
  write(key: string, chunks: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  /** Returns the bytes of a file, or a part of them. @throws StoredFileNotFoundError */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Returns the size of a file, or null if there is none. */
  stat(key: string): Promise<{ bytes: number } | null>;
  /** Deletes a file. It is no error if the file does not exist. */
  delete(key: string): Promise<void>;
  /**
   * Lists every file whose key begins with `prefix`, in any order; with `olderThan`, only those last
   * written before it.
   */
  list(prefix: string, olderThan?: Date): AsyncIterable<StorageEntry>;
  /** Closes connections. */
  close(): Promise<void>;
}
