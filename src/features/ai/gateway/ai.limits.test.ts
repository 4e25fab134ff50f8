import { type AiLimits, AiLimitsReader } from './ai.limits';

const PLACE = { tenantId: 'tenant', userId: 'teacher', classId: null, groupId: 'school' };

const readerOf = (limits: Record<string, AiLimits>, memberOf: readonly string[] = []) =>
  new AiLimitsReader({
    limitsOf: (groupId) => Promise.resolve(limits[groupId] ?? {}),
    groupIdsOf: () => Promise.resolve(memberOf),
  });

const of = (tenant: AiLimits, school: AiLimits) => readerOf({ tenant, school }).inForce(PLACE);

describe('the limits of AI', () => {
  it('are those of tenant and group, whichever is narrower', async () => {
    expect(await of({}, {})).toEqual({});
    expect(await of({ enabled: false }, { enabled: true })).toMatchObject({ enabled: false });
    expect(await of({ enabled: true }, { enabled: false })).toMatchObject({ enabled: false });
    expect(await of({}, { enabled: false })).toMatchObject({ enabled: false });
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

  it('are those of the tenant if no group is named', async () => {
    const reader = readerOf({ tenant: { maxSessionMinutes: 7 }, school: { maxSessionMinutes: 1 } });
    for (const groupId of [null, 'tenant'])
      expect(await reader.inForce({ ...PLACE, groupId })).toEqual({ maxSessionMinutes: 7 });
  });

  it("include those of the person's own groups, outside of any class", async () => {
    const reader = readerOf({ sibling: {}, own: { enabled: false }, club: { maxSessionMinutes: 3 } }, [
      'own',
      'club',
    ]);
    const withToolOfSibling = { ...PLACE, groupId: 'sibling' };
    expect(await reader.inForce(withToolOfSibling)).toEqual({ enabled: false, maxSessionMinutes: 3 });
    expect(await reader.inForce({ ...withToolOfSibling, classId: 'class' })).toEqual({});
  });

  it('let no work begin if AI is switched off', async () => {
    const reader = readerOf({ tenant: { enabled: false } });
    await expect(reader.forWork({ ...PLACE, groupId: null })).rejects.toMatchObject({
      kind: 'forbidden',
      details: { reason: 'ai.switched_off' },
    });
  });
});
