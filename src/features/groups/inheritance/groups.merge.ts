import { isJsonObject, type JsonObject } from '../../../shared/json';
import type { SettingSource } from '../groups.types';

/**
 * Applies a JSON Merge Patch (RFC 7396): null removes a key, objects are merged, everything else is
 * replaced. Pure.
 */
export function mergePatch(target: unknown, patch: JsonObject): JsonObject {
  const merged: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = isJsonObject(value) ? mergePatch(merged[key], value) : value;
  }
  return merged;
}

/** One group's part of an inherited value. */
export interface Layer {
  source: SettingSource;
  value: JsonObject;
}

export interface Inherited {
  value: JsonObject;
  /** Which group set each leaf, by its path: `colors.primary`. A dot in a key is written `\.`. */
  sources: Record<string, SettingSource>;
}

/** The path of a key below another path. */
export function pathBelow(path: string, key: string): string {
  const escaped = key.replaceAll('.', '\\.');
  return path === '' ? escaped : `${path}.${escaped}`;
}

/**
 * Merges deeply from the root down: the later layer wins, objects are merged, everything else (including
 * arrays) is replaced.
 */
export function inherit(layers: readonly Layer[]): Inherited {
  const value: JsonObject = {};
  const sources = new Map<string, SettingSource>();
  for (const layer of layers) overlay(value, layer.value, '', layer.source, sources);
  return { value, sources: Object.fromEntries(sources) };
}

function overlay(
  target: JsonObject,
  layer: JsonObject,
  path: string,
  source: SettingSource,
  sources: Map<string, SettingSource>,
): void {
  for (const [key, value] of Object.entries(layer)) {
    const here = pathBelow(path, key);
    if (isJsonObject(value) && Object.keys(value).length > 0) {
      let below = target[key];
      if (!isJsonObject(below) || Object.keys(below).length === 0) {
        sources.delete(here);
        below = {};
        target[key] = below;
      }
      overlay(below as JsonObject, value, here, source, sources);
    } else if (!isJsonObject(value) || !isJsonObject(target[key])) {
      // An empty object changes nothing if there already is an object; otherwise it is a leaf like any
      // other.
      for (const known of sources.keys())
        if (known === here || known.startsWith(`${here}.`)) sources.delete(known);
      sources.set(here, source);
      target[key] = value;
    }
  }
}

/** The depth of a JSON value; 0 for anything but an object or array. */
export function depthOfJson(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOfJson));
}
