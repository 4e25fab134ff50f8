import type { JsonObject } from '../../../shared/json';
import { narrower } from '../../../shared/limits';
import type { GroupSettings, SettingSource } from '../groups.types';
import { type Inherited, inherit, type Layer, pathBelow } from './groups.merge';

/** The settings that are limits: a group below can only narrow them. */
const LIMITS = ['ai', 'privacy'] as const;

function isSame(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((item) => other.includes(item));
}

function limitsOf(settings: JsonObject): [string, string, unknown][] {
  return LIMITS.flatMap((part) =>
    Object.entries((settings[part] ?? {}) as JsonObject).map(([key, value]): [string, string, unknown] => [
      part,
      key,
      value,
    ]),
  );
}

/** The settings in force, from the root down. The source of a limit is the group that last narrowed it. */
export function inheritSettings(layers: readonly Layer[]): Inherited {
  const { value, sources } = inherit(layers);
  const limits: Record<string, JsonObject> = {};
  const limitSources: Record<string, SettingSource> = {};
  for (const { source, value: settings } of layers) {
    for (const [part, key, own] of limitsOf(settings)) {
      const limit = limits[part] ?? {};
      limits[part] = limit;
      const known = limit[key];
      limit[key] = narrower(known, own);
      if (known === undefined || !isSame(known, limit[key])) limitSources[pathBelow(part, key)] = source;
    }
  }
  return { value: { ...value, ...limits }, sources: { ...sources, ...limitSources } };
}

/**
 * The limits in `settings` that allow more than those in force above: `ai.maxSessionMinutes`. Empty if
 * there are none.
 */
export function widerThan(inForce: GroupSettings, settings: GroupSettings): string[] {
  return limitsOf(settings as JsonObject).flatMap(([part, key, own]) => {
    const outer = ((inForce as JsonObject)[part] as JsonObject | undefined)?.[key];
    return outer === undefined || isSame(narrower(outer, own), own) ? [] : [pathBelow(part, key)];
  });
}
