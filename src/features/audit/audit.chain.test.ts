import { createHash } from 'node:crypto';
import { canonicalText, chainOf, type EventText, genesisHash, NO_TENANT, sealHash } from './audit.chain';

const EVENT: EventText = {
  id: '019a0000-0000-7000-8000-000000000001',
  seq: '42',
  tenantId: '019a0000-0000-7000-8000-0000000000aa',
  actorId: null,
  actorKind: 'system',
  action: 'group.moved',
  subjectType: 'group',
  subjectId: null,
  aboutUserId: null,
  details: '{"n": 1, "text": "ü"}',
  requestId: null,
  ip: null,
  createdAt: '2026-01-31T08:05:00.123456Z',
};

describe('the hash chain', () => {
  it('is made of a text that has not changed since the first seal', () => {
    expect(canonicalText(EVENT)).toBe(
      '["019a0000-0000-7000-8000-000000000001","42","019a0000-0000-7000-8000-0000000000aa",null,"system","group.moved","group",null,null,"{\\"n\\": 1, \\"text\\": \\"ü\\"}",null,null,"2026-01-31T08:05:00.123456Z"]',
    );
    const genesis = createHash('sha256').update(`raptscallions audit chain 1 ${NO_TENANT}`).digest();
    expect(genesisHash(NO_TENANT)).toEqual(genesis);
    expect(sealHash(genesis, EVENT)).toEqual(
      createHash('sha256')
        .update(Buffer.concat([genesis, Buffer.from(canonicalText(EVENT))]))
        .digest(),
    );
  });

  it.each(Object.keys(EVENT) as (keyof EventText)[])('notices another %s', (key) => {
    const other: EventText = { ...EVENT, [key]: 'other' };
    expect(sealHash(genesisHash(NO_TENANT), other)).not.toEqual(sealHash(genesisHash(NO_TENANT), EVENT));
  });

  it('distinguishes null from an empty text, and one column from the next', () => {
    const texts = [
      EVENT,
      { ...EVENT, ip: '' },
      { ...EVENT, ip: 'null' },
      { ...EVENT, requestId: 'a","b' },
      { ...EVENT, requestId: 'a', ip: 'b' },
    ].map(canonicalText);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('begins separately for each tenant, with one chain for events without a tenant', () => {
    expect(genesisHash('a')).not.toEqual(genesisHash('b'));
    expect([chainOf('a'), chainOf(null)]).toEqual(['a', NO_TENANT]);
  });
});
