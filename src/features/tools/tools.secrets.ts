import type { ToolDefinition } from './tools.kinds';

/**
 * A definition that may leave the server: fields that only its editors may see are removed, not just
 * hidden.
 */
export type VisibleDefinition = Omit<ToolDefinition, 'behavior'> & { behavior?: string };

/**
 * Returns the definition as this caller may see it. In addition to the behavior it removes the settings of
 * modules, which may contain the very answers and words that a module guards.
 */
export function definitionFor(definition: ToolDefinition, seesBehavior: boolean): VisibleDefinition {
  if (seesBehavior) return definition;
  const { behavior: _behavior, modules, ...visible } = definition;
  return modules === undefined ? visible : { ...visible, modules: modules.map(({ name }) => ({ name })) };
}
