/** A key that encrypts payloads stored in Temporal. */
export interface CodecKey {
  /** Stored in clear text beside the encrypted data, to name the key that decrypts it. */
  id: string;
  key: Buffer;
}

const KEY_BYTES = 32;
const ID = /^[A-Za-z0-9._-]{1,40}$/;

/**
 * Parses `id:base64,id2:base64`; the first key encrypts, the others only decrypt.
 * @throws Error with the fault, never with the key
 */
export function parseCodecKeys(text: string): CodecKey[] {
  const keys = text.split(',').map((part): CodecKey => {
    const [id = '', base64 = ''] = part.trim().split(/:(.*)/s);
    const key = Buffer.from(base64, 'base64');
    if (!ID.test(id)) throw new Error('must be id:key pairs, with ids of letters, digits, dots and dashes');
    if (key.length !== KEY_BYTES)
      throw new Error(`the key "${id}" must be ${KEY_BYTES} bytes in base64; it has ${key.length}`);
    return { id, key };
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new Error('has an id twice');
  return keys;
}
