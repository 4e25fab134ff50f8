import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { parseCodecKeys } from '../../config/codec-keys';
import { CodecDecryptionError, CodecKeyMissingError, EncryptionCodec } from './codec';

const key = (id: string) => ({ id, key: randomBytes(32) });
const [one, two] = [key('one'), key('two')];
const payload = defaultPayloadConverter.toPayload({ runId: '0197a3c4', tries: 3 });
const plainOf = (each: Payload | undefined) => defaultPayloadConverter.fromPayload(each as Payload);

async function roundTrip(write: EncryptionCodec, read: EncryptionCodec): Promise<unknown> {
  return plainOf((await read.decode(await write.encode([payload])))[0]);
}

describe('the codec of payloads', () => {
  it('returns what it has encrypted, and shows nothing of it meanwhile', async () => {
    const codec = new EncryptionCodec([one]);
    const [sealed] = await codec.encode([payload]);
    const stored = Buffer.concat([Buffer.from(JSON.stringify(sealed)), Buffer.from(sealed?.data ?? [])]);
    expect(stored.toString('latin1')).not.toMatch(/runId|0197a3c4|tries|json\/plain/);
    expect(Buffer.from(sealed?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('one');
    expect(plainOf((await codec.decode([sealed as Payload]))[0])).toEqual({ runId: '0197a3c4', tries: 3 });
  });

  it('never writes the same twice', async () => {
    const codec = new EncryptionCodec([one]);
    const [first, second] = await codec.encode([payload, payload]);
    expect(Buffer.from(first?.data ?? []).equals(Buffer.from(second?.data ?? []))).toBe(false);
  });

  it('reads what an older key wrote, and what no key wrote', async () => {
    const rotated = new EncryptionCodec([two, one]);
    expect(await roundTrip(new EncryptionCodec([one]), rotated)).toEqual({ runId: '0197a3c4', tries: 3 });
    expect(plainOf((await rotated.decode([payload]))[0])).toEqual({ runId: '0197a3c4', tries: 3 });
    const [sealed] = await rotated.encode([payload]);
    expect(Buffer.from(sealed?.metadata?.['encryption-key-id'] ?? []).toString()).toBe('two');
  });

  it('says which key is missing', async () => {
    const reading = roundTrip(new EncryptionCodec([one]), new EncryptionCodec([two]));
    await expect(reading).rejects.toThrow(CodecKeyMissingError);
    await expect(reading).rejects.toThrow('encrypted with the key "one", which TEMPORAL_CODEC_KEYS does not');
  });

  it('says that a key of the right name is the wrong one', async () => {
    const reading = roundTrip(new EncryptionCodec([one]), new EncryptionCodec([key('one')]));
    await expect(reading).rejects.toThrow(CodecDecryptionError);
    await expect(reading).rejects.toThrow('cannot be decrypted with the key "one"');
  });

  it.each([0, 12, 30, -1])('refuses what was changed at byte %i, or cut short', async (at) => {
    const codec = new EncryptionCodec([one]);
    const [sealed] = await codec.encode([payload]);
    const data = Buffer.from(sealed?.data ?? []);
    data[at < 0 ? data.length + at : at]! ^= 1;
    await expect(codec.decode([{ ...sealed, data }])).rejects.toThrow(CodecDecryptionError);
    await expect(codec.decode([{ ...sealed, data: data.subarray(0, 5) }])).rejects.toThrow(
      CodecDecryptionError,
    );
  });

  it('refuses a payload that claims another key', async () => {
    const codec = new EncryptionCodec([one, { id: 'other', key: one.key }]);
    const [sealed] = await codec.encode([payload]);
    const claimed = { ...sealed?.metadata, 'encryption-key-id': Buffer.from('other') };
    await expect(codec.decode([{ ...sealed, metadata: claimed }])).rejects.toThrow(CodecDecryptionError);
  });
});

describe('the keys', () => {
  const base64 = randomBytes(32).toString('base64');

  it('are read in their order', () => {
    expect(parseCodecKeys(`2026:${base64}, old.1:${base64}`).map(({ id }) => id)).toEqual(['2026', 'old.1']);
  });

  it.each([
    ['no id', base64],
    ['a short key', `a:${randomBytes(16).toString('base64')}`],
    ['no key', 'a:'],
    ['an id twice', `a:${base64},a:${base64}`],
    ['an empty part', `a:${base64},`],
  ])('are refused with %s, without being printed', (_what, text) => {
    expect(() => parseCodecKeys(text)).toThrow(/must be|has an id twice/);
    try {
      parseCodecKeys(text);
    } catch (error) {
      expect((error as Error).message).not.toContain(base64);
    }
  });
});
