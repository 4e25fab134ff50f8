import { type AiLimits, AiLimitsReader } from './ai.limits';

const of = (whole: AiLimits, part: AiLimits) =>
  new AiLimitsReader((groupId) => Promise.resolve(groupId === 'tenant' ? whole : part)).inForce({
    tenantId: 'tenant',
    groupId: 'part',
  });

describe('the limits of AI', () => {
  it('are those of both, whichever is narrower', async () => {
    expect(await of({}, {})).toEqual({ enabled: true });
    expect(await of({ enabled: false }, { enabled: true })).toMatchObject({ enabled: false });
    expect(await of({ enabled: true }, { enabled: false })).toMatchObject({ enabled: false });
    expect(await of({ maxMessagesPerSession: 5 }, { maxSessionMinutes: 9 })).toMatchObject({
      maxMessagesPerSession: 5,
      maxSessionMinutes: 9,
    });
    expect(
      await of(
        { maxMessagesPerSession: 5, allowedModels: ['a', 'b'] },
        { maxMessagesPerSession: 4, allowedModels: ['c', 'b'] },
      ),
    ).toMatchObject({ maxMessagesPerSession: 4, allowedModels: ['b'] });
    expect(await of({ allowedModels: ['a'] }, {})).toMatchObject({ allowedModels: ['a'] });
  });

  it('are those of the tenant where no group is named', async () => {
    const reader = new AiLimitsReader((groupId) =>
      Promise.resolve({ maxSessionMinutes: groupId === 'tenant' ? 7 : 1 }),
    );
    for (const groupId of [null, 'tenant'])
      expect(await reader.inForce({ tenantId: 'tenant', groupId })).toEqual({ maxSessionMinutes: 7 });
  });

  it('let no work begin where AI is switched off', async () => {
    const reader = new AiLimitsReader(() => Promise.resolve({ enabled: false }));
    await expect(reader.forWork({ tenantId: 'tenant', groupId: null })).rejects.toMatchObject({
      kind: 'forbidden',
      details: { reason: 'ai.switched_off' },
    });
  });
});
