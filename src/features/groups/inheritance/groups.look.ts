import { isJsonObject, type JsonObject } from '../../../shared/json';
import type { Inherited } from './groups.merge';

/** The parts of a theme for a document that may not fetch anything, such as a PDF. */
export interface DocumentTheme {
  colors: Readonly<Record<string, string>>;
  /** A PNG or JPEG as a data URL. */
  logoImage: string | null;
}

const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

/**
 * The parts of a theme that a document shows. A school with its own logo but without an image of it gets
 * none, because the district's image is not its logo. Pure.
 * @param chain the ids of the groups from the root down
 */
export function documentThemeOf({ value, sources }: Inherited, chain: readonly string[]): DocumentTheme {
  const colors = Object.entries(objectOf(value.colors)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const { image } = objectOf(value.logo);
  const depthOf = (path: string): number => chain.indexOf(sources[path]?.groupId ?? '');
  const isOwn = depthOf('logo.image') >= depthOf('logo.url');
  return { colors: Object.fromEntries(colors), logoImage: typeof image === 'string' && isOwn ? image : null };
}
