import type { ToolDefinition } from './tools.types';

/** A definition that may leave the server: what only its editors may know is taken out, not merely hidden. */
export type VisibleDefinition = Omit<ToolDefinition, 'behavior'> & { behavior?: string };

/**
 * The definition as this caller may see it. Beside the behavior the settings of modules are kept back, as those may
 * hold the very answers and words that a module guards.
 */
export function definitionFor(definition: ToolDefinition, seesBehavior: boolean): VisibleDefinition {
  if (seesBehavior) return definition;
  const { behavior: _behavior, modules, ...visible } = definition;
  return modules === undefined ? visible : { ...visible, modules: modules.map(({ name }) => ({ name })) };
}
