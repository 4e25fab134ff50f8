import fc from 'fast-check';
import type { JsonObject } from '../../../shared/json';
import type { GroupSettings } from '../groups.types';
import { inheritSettings, widerThan } from './groups.limits';

const layers = (...settings: GroupSettings[]) =>
  settings.map((value, i) => ({
    source: { groupId: `g${i}`, groupName: `Group ${i}` },
    value: value as JsonObject,
  }));
const inForce = (...settings: GroupSettings[]) => inheritSettings(layers(...settings)).value as GroupSettings;

const settings: fc.Arbitrary<GroupSettings> = fc.record(
  {
    timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
    ai: fc.record(
      {
        enabled: fc.boolean(),
        allowedModels: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
        maxSessionMinutes: fc.integer({ min: 1, max: 5 }),
      },
      { requiredKeys: [] },
    ),
    privacy: fc.record(
      { chatRetentionDays: fc.integer({ min: 1, max: 5 }), showPeersInRoster: fc.boolean() },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

describe('settings on their way down', () => {
  it('are replaced if they are choices', () => {
    expect(inForce({ timezone: 'UTC', locale: 'en' }, { timezone: 'Europe/Berlin' })).toEqual({
      timezone: 'Europe/Berlin',
      locale: 'en',
    });
  });

  it('can only narrow if they are limits', () => {
    const district = {
      ai: { enabled: true, allowedModels: ['a', 'b', 'c'], maxSessionMinutes: 60 },
      privacy: { chatRetentionDays: 90 },
    };
    const school = {
      ai: { allowedModels: ['b', 'c', 'd'], maxSessionMinutes: 90 },
      privacy: { chatRetentionDays: 30 },
    };
    const department = { ai: { enabled: false, allowedModels: ['c', 'a'] } };
    expect(inForce(district, school, department)).toEqual({
      ai: { enabled: false, allowedModels: ['c'], maxSessionMinutes: 60 },
      privacy: { chatRetentionDays: 30 },
    });
  });

  it('stay off after a group above has switched them off', () => {
    expect(inForce({ ai: { enabled: false } }, { ai: { enabled: true } })).toEqual({
      ai: { enabled: false },
    });
  });

  it('name the group that last narrowed each limit', () => {
    const { sources } = inheritSettings(
      layers(
        { ai: { enabled: true, maxSessionMinutes: 60 } },
        { ai: { maxSessionMinutes: 30 } },
        { ai: { maxSessionMinutes: 45, enabled: false } },
      ),
    );
    expect(sources).toEqual({
      'ai.enabled': { groupId: 'g2', groupName: 'Group 2' },
      'ai.maxSessionMinutes': { groupId: 'g1', groupName: 'Group 1' },
    });
  });

  it('name values that are wider than the settings in force above', () => {
    const above: GroupSettings = {
      ai: { enabled: false, allowedModels: ['a'], maxSessionMinutes: 30 },
      privacy: { chatRetentionDays: 10 },
    };
    expect(
      widerThan(above, {
        timezone: 'UTC',
        ai: { enabled: true, allowedModels: ['a', 'b'], maxSessionMinutes: 30 },
        privacy: { chatRetentionDays: 11, showPeersInRoster: true },
      }),
    ).toEqual(['ai.enabled', 'ai.allowedModels', 'privacy.chatRetentionDays']);
    expect(widerThan(above, { ai: { allowedModels: [], maxSessionMinutes: 5 } })).toEqual([]);
    expect(widerThan({}, { ai: { enabled: true, maxSessionMinutes: 1_440 } })).toEqual([]);
  });

  it('never allow more than any group of the chain, and nothing in force is wider than what is above', () => {
    fc.assert(
      fc.property(fc.array(settings, { minLength: 1, maxLength: 5 }), (chain) => {
        const effective = inForce(...chain);
        for (const one of chain) expect(widerThan(one, effective)).toEqual([]);
        expect(widerThan(inForce(...chain.slice(0, -1)), effective)).toEqual([]);
      }),
    );
  });

  it('are in force as written if they are not wider than those above', () => {
    fc.assert(
      fc.property(fc.array(settings, { maxLength: 4 }), settings, (above, own) => {
        fc.pre(widerThan(inForce(...above), own).length === 0);
        const { ai, privacy } = inForce(...above, own);
        const sorted = (list: string[] | undefined) => list?.toSorted((a, b) => a.localeCompare(b));
        expect({
          ...ai,
          ...own.ai,
          allowedModels: sorted(own.ai?.allowedModels ?? ai?.allowedModels),
        }).toEqual({
          ...ai,
          allowedModels: sorted(ai?.allowedModels),
        });
        expect({ ...privacy, ...own.privacy }).toEqual({ ...privacy });
      }),
    );
  });
});
