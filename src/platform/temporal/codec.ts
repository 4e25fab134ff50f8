import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { CodecKey } from '../../config/codec-keys';

const { Payload: PayloadMessage } = temporal.api.common.v1;

/** The name that Temporal's own samples use, so that its tools recognize an encrypted payload. */
const ENCODING = 'binary/encrypted';
/** AES-GCM: the nonce size for which it is fastest and safest, and its full tag. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A payload was encrypted with a key that this process does not have. */
export class CodecKeyMissingError extends Error {
  override readonly name = 'CodecKeyMissingError';

  constructor(keyId: string) {
    super(
      `A payload in Temporal is encrypted with the key "${keyId}", which TEMPORAL_CODEC_KEYS does not have. Keep a key there until no history needs it.`,
    );
  }
}

/** A payload was not encrypted with this key, or has been changed since. */
export class CodecDecryptionError extends Error {
  override readonly name = 'CodecDecryptionError';

  constructor(keyId: string) {
    super(
      `A payload in Temporal cannot be decrypted with the key "${keyId}" of TEMPORAL_CODEC_KEYS: the id stands for another key there, or the payload was changed.`,
    );
  }
}

/**
 * A second layer of protection for the little data in Temporal: AES-256-GCM over the whole payload
 * including its metadata. The first key encrypts, all keys decrypt; payloads from before there was a key
 * are read as they are.
 */
export class EncryptionCodec implements PayloadCodec {
  private readonly current: CodecKey;
  private readonly keys: ReadonlyMap<string, Buffer>;

  /** @param keys at least one */
  constructor(keys: readonly CodecKey[]) {
    const [current] = keys;
    if (current === undefined) throw new Error('a codec needs a key');
    this.current = current;
    this.keys = new Map(keys.map(({ id, key }) => [id, key]));
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.encrypt(payload));
  }

  /** @throws CodecKeyMissingError, CodecDecryptionError */
  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => (isEncrypted(payload) ? this.decrypt(payload) : payload));
  }

  private encrypt(payload: Payload): Payload {
    const { id, key } = this.current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(id));
    const plain = PayloadMessage.encode(payload).finish();
    const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { metadata: { encoding: Buffer.from(ENCODING), 'encryption-key-id': Buffer.from(id) }, data };
  }

  private decrypt({ metadata, data }: Payload): Payload {
    const id = textOf(metadata?.['encryption-key-id']);
    const key = this.keys.get(id);
    if (key === undefined) throw new CodecKeyMissingError(id);
    const sealed = Buffer.from(data ?? []);
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(id));
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const plain = Buffer.concat([
        decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      return PayloadMessage.decode(plain);
    } catch {
      throw new CodecDecryptionError(id);
    }
  }
}

const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString();

function isEncrypted({ metadata }: Payload): boolean {
  return textOf(metadata?.encoding) === ENCODING;
}
