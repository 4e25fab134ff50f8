import { createHash } from 'node:crypto';
import type { StoredFile } from './storage';

/** Counts and hashes the bytes that pass through. The result is available after all of them have passed. */
export class Measure {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  /** Passes chunks on, and counts and hashes them. */
  async *of(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      this.bytes += chunk.byteLength;
      this.hash.update(chunk);
      yield chunk;
    }
  }

  result(): StoredFile {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}
