import type { AiModelChoice } from '../ai.types';
import type { AiModel } from './ai.models.types';

/** The assumed limit and price of an unlisted model, of which nothing is known. */
const UNLISTED = { maxOutputTokens: 2048, inputPriceMicros: 0, outputPriceMicros: 0, parameters: {} };

/** The rows that apply to a tenant: its own, and the platform's if the tenant has none of the same name. */
function effective(rows: readonly AiModel[]): Map<string, AiModel> {
  const global = rows.filter((row) => row.tenantId === null);
  const own = rows.filter((row) => row.tenantId !== null);
  return new Map([...global, ...own].map((row) => [row.name, row]));
}

/**
 * Whether a tool may name this model. If rows exist, it must be one of them and switched on; if there are
 * none, `passesUnlisted` decides. Groups must allow it in both cases.
 */
export function isUsableModel(
  rows: readonly AiModel[],
  name: string,
  allowed: readonly string[] | null,
  passesUnlisted = true,
): boolean {
  if (allowed !== null && !allowed.includes(name)) return false;
  return rows.length === 0 ? passesUnlisted : effective(rows).get(name)?.enabled === true;
}

/**
 * Chooses the models to ask, best first; none if no model may be used. `allowed` are the names that groups
 * allow, null for all. A named model is asked, or the fallbacks declared for it. If it exists but groups do
 * not allow it, or if none is named, the default is asked (the tenant's, else the platform's, else the
 * operator's), then the allowed ones. A deleted or switched-off model has no replacement but its fallbacks.
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
  const withFallbacks = (row: AiModel | undefined): AiModel[] =>
    row === undefined ? [] : [row.name, ...row.fallbacks].map(usable).filter((each) => each !== undefined);
  const named = wanted === null ? undefined : known.get(wanted);
  const answering = withFallbacks(named);
  const isGone = wanted !== null && named?.enabled !== true;
  if (answering.length > 0 || isGone) return choicesOf(answering);
  const instead = defaultOf([...known.values()], usable, fallbackDefault, allowed);
  if (instead !== undefined) return choicesOf(withFallbacks(instead));
  return isAllowed(fallbackDefault) ? [{ name: fallbackDefault, ...UNLISTED }] : [];
}

const choicesOf = (models: readonly AiModel[]): AiModelChoice[] =>
  [...new Set(models)].map(({ name, maxOutputTokens, inputPriceMicros, outputPriceMicros, parameters }) => ({
    name,
    maxOutputTokens,
    inputPriceMicros,
    outputPriceMicros,
    parameters,
  }));

function defaultOf(
  rows: readonly AiModel[],
  usable: (name: string) => AiModel | undefined,
  fallbackDefault: string,
  allowed: readonly string[] | null,
): AiModel | undefined {
  const defaults = rows.filter((row) => row.isDefault && usable(row.name) === row);
  return (
    defaults.find((row) => row.tenantId !== null) ??
    defaults[0] ??
    usable(fallbackDefault) ??
    allowed?.map(usable).find((row) => row !== undefined)
  );
}
