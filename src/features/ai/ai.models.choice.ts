import type { AiModel } from './ai.models.types';
import type { AiModelChoice } from './ai.types';

/** What an unlisted model is taken to write at most, and to cost: nothing is known of it. */
const UNLISTED = { maxOutputTokens: 2048, inputPriceMicros: 0, outputPriceMicros: 0 };

/** The rows that hold for a tenant: its own, and the platform's where it has none of the same name. */
function effective(rows: readonly AiModel[]): Map<string, AiModel> {
  const global = rows.filter((row) => row.tenantId === null);
  const own = rows.filter((row) => row.tenantId !== null);
  return new Map([...global, ...own].map((row) => [row.name, row]));
}

/**
 * The models to ask, best first; none where none may be used. `allowed` are the names that groups leave, null for all. With no row at all every name passes. With rows, only those that are switched on:
 * another name, or one switched off, gets the default (the tenant's, else the platform's, else the operator's).
 * Fallbacks follow, each once.
 */
export function chooseModels(
  rows: readonly AiModel[],
  wanted: string | null,
  fallbackDefault: string,
  allowed: readonly string[] | null = null,
): AiModelChoice[] {
  const isAllowed = (name: string): boolean => allowed === null || allowed.includes(name);
  const known = effective(rows);
  if (known.size === 0) {
    const name = [wanted, fallbackDefault, ...(allowed ?? [])].find(
      (each) => each !== null && isAllowed(each),
    );
    return typeof name === 'string' ? [{ name, ...UNLISTED }] : [];
  }
  const usable = (name: string): AiModel | undefined => {
    const row = known.get(name);
    return row?.enabled === true && isAllowed(name) ? row : undefined;
  };
  const defaults = [...known.values()].filter((row) => row.isDefault && usable(row.name) === row);
  const chosen =
    (wanted === null ? undefined : usable(wanted)) ??
    defaults.find((row) => row.tenantId !== null) ??
    defaults[0] ??
    usable(fallbackDefault) ??
    allowed?.map(usable).find((row) => row !== undefined);
  if (chosen === undefined) return isAllowed(fallbackDefault) ? [{ name: fallbackDefault, ...UNLISTED }] : [];
  const rest = chosen.fallbacks.map(usable).filter((row) => row !== undefined);
  return [...new Set([chosen, ...rest])].map(
    ({ name, maxOutputTokens, inputPriceMicros, outputPriceMicros }) => ({
      name,
      maxOutputTokens,
      inputPriceMicros,
      outputPriceMicros,
    }),
  );
}
