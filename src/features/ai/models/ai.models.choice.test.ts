import { chooseModels, isUsableModel } from './ai.models.choice';
import type { AiModel } from './ai.models.types';

const row = (name: string, values: Partial<AiModel> = {}): AiModel => ({
  id: name,
  tenantId: null,
  name,
  displayName: name,
  enabled: true,
  isDefault: false,
  fallbacks: [],
  maxOutputTokens: 100,
  inputPriceMicros: 1,
  outputPriceMicros: 2,
  parameters: {},
  revision: 1,
  createdAt: new Date(),
  updatedAt: new Date(),
  ...values,
});
const names = (rows: AiModel[], wanted: string | null) =>
  chooseModels(rows, wanted, 'operator').map((model) => model.name);

describe('the choice of models', () => {
  it('accepts every name if no model is listed', () => {
    expect(names([], 'anything')).toEqual(['anything']);
    expect(names([], null)).toEqual(['operator']);
  });

  it('takes a listed model, and its fallbacks after it, each once', () => {
    const rows = [
      row('a', { fallbacks: ['b', 'a', 'off', 'unknown', 'b'] }),
      row('b'),
      row('off', { enabled: false }),
    ];
    expect(names(rows, 'a')).toEqual(['a', 'b']);
  });

  it('gives the default to who names none', () => {
    expect(names([row('a', { isDefault: true }), row('b')], null)).toEqual(['a']);
  });

  it('lets no other model answer for one that is gone or switched off, declared fallbacks aside', () => {
    const rows = [
      row('a', { isDefault: true }),
      row('off', { enabled: false }),
      row('replaced', { enabled: false, fallbacks: ['off', 'b'] }),
      row('b'),
    ];
    expect(names(rows, 'unlisted')).toEqual([]);
    expect(names(rows, 'off')).toEqual([]);
    expect(names(rows, 'replaced')).toEqual(['b']);
  });

  it('lets a tool name models that are listed, switched on and allowed', () => {
    const rows = [
      row('a'),
      row('off', { enabled: false }),
      row('a', { tenantId: 't', enabled: false }),
      row('b'),
    ];
    const usable = (given: AiModel[], name: string, ...more: [allowed?: string[], passes?: boolean]) =>
      isUsableModel(given, name, more[0] ?? null, more[1]);
    expect(['a', 'b', 'off', 'none'].map((name) => usable(rows, name))).toEqual([false, true, false, false]);
    expect(usable(rows, 'b', ['a'])).toBe(false);
    expect(usable([], 'anything')).toBe(true);
    expect(usable([], 'anything', ['other'])).toBe(false);
    expect(usable([], 'anything', ['anything'], false)).toBe(false);
  });

  it('prefers the row of the tenant, whether it allows or forbids', () => {
    const rows = [
      row('a', { isDefault: true }),
      row('b', { maxOutputTokens: 7 }),
      row('b', { tenantId: 't', maxOutputTokens: 9 }),
      row('a', { tenantId: 't', enabled: false }),
      row('c', { tenantId: 't', isDefault: true }),
    ];
    expect(chooseModels(rows, 'b', 'operator')[0]).toMatchObject({ name: 'b', maxOutputTokens: 9 });
    expect(names(rows, null)).toEqual(['c']);
    expect(names(rows, 'a')).toEqual([]);
  });

  it('falls back to the operator’s model if no row is a default', () => {
    expect(names([row('a')], null)).toEqual(['operator']);
    expect(
      chooseModels([row('a'), row('operator', { maxOutputTokens: 5 })], null, 'operator')[0],
    ).toMatchObject({ maxOutputTokens: 5 });
  });

  it('leaves what groups do not allow out, fallbacks and defaults included', () => {
    const allowed = (rows: AiModel[], wanted: string | null, ...names: string[]) =>
      chooseModels(rows, wanted, 'operator', names).map((model) => model.name);
    const rows = [row('a', { fallbacks: ['b', 'c'] }), row('b', { isDefault: true }), row('c')];
    expect(allowed(rows, 'a', 'a', 'c')).toEqual(['a', 'c']);
    expect(allowed(rows, 'a', 'b')).toEqual(['b']);
    expect(allowed(rows, 'a', 'unlisted', 'c')).toEqual(['c']);
    expect(allowed(rows, 'c', 'b')).toEqual(['b']);
    expect(allowed(rows, 'a', 'operator')).toEqual(['operator']);
    expect(allowed(rows, 'a', 'unlisted')).toEqual([]);
    expect(allowed(rows, 'gone', 'b')).toEqual([]);
    expect(allowed([], 'wanted', 'wanted')).toEqual(['wanted']);
    expect(allowed([], 'wanted', 'other', 'operator')).toEqual(['operator']);
    expect(allowed([], null, 'other', 'another')).toEqual(['other']);
    expect(allowed([], null)).toEqual([]);
  });
});
