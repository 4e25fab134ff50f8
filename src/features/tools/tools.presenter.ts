import { can, type Principal } from '../../authz/ability';
import { API_BASE } from '../../http/base';
import type { Change } from './tools.diff';
import { toolSubject } from './tools.policy';
import { definitionFor } from './tools.secrets';
import type { ToolWithVersion } from './tools.service';
import type { Tool, ToolVersion } from './tools.types';

export const toolLink = (id: string): string => `${API_BASE}/tools/${id}`;

/** Other tenants do not see names of people. */
const personFor = (principal: Principal, tool: Tool, id: string, name: string) =>
  principal.isPlatformAdmin || principal.tenantId === tool.tenantId ? { id, name } : null;

/** A tool in a list, without its definition. */
export function presentTool(principal: Principal, tool: Tool) {
  const subject = toolSubject(tool);
  return {
    id: tool.id,
    groupId: tool.groupId,
    author: personFor(principal, tool, tool.authorId, tool.authorName),
    type: tool.type,
    visibility: tool.visibility,
    state: tool.state,
    name: tool.name,
    description: tool.description,
    subject: tool.subject,
    version: tool.currentVersion,
    forkable: tool.forkable,
    forkedFrom:
      tool.forkedFromToolId === null
        ? null
        : { toolId: tool.forkedFromToolId, version: tool.forkedFromVersion },
    publishedAt: tool.publishedAt?.toISOString() ?? null,
    createdAt: tool.createdAt.toISOString(),
    updatedAt: tool.updatedAt.toISOString(),
    links: {
      self: toolLink(tool.id),
      versions: `${toolLink(tool.id)}/versions`,
      group: `${API_BASE}/groups/${tool.groupId}`,
    },
    can: {
      update: can(principal, 'tool.update', subject),
      publish: tool.state !== 'published' && can(principal, 'tool.publish', subject),
      archive: tool.state !== 'archived' && can(principal, 'tool.archive', subject),
      restore: tool.state === 'archived' && can(principal, 'tool.restore', subject),
      fork: can(principal, 'tool.fork', subject),
      use: can(principal, 'tool.use', subject) || tool.isOpenToCaller,
      readVersions: can(principal, 'tool.read_versions', subject),
    },
  };
}

/** A tool with the definition of the version that this caller gets. */
export function presentToolWithVersion(principal: Principal, { tool, shown }: ToolWithVersion) {
  const seesBehavior = can(principal, 'tool.read_behavior', toolSubject(tool));
  const { name, meta } = shown.definition;
  return {
    ...presentTool(principal, tool),
    name,
    description: meta?.description ?? null,
    subject: meta?.subject ?? null,
    version: shown.version,
    definition: definitionFor(shown.definition, seesBehavior),
  };
}

/**
 * A version in a list, without its definition. Callers who may not see everything that the hash covers do
 * not get the hash.
 */
export function presentVersion(principal: Principal, tool: Tool, version: ToolVersion) {
  return {
    toolId: tool.id,
    version: version.version,
    label: version.definition.version,
    isCurrent: version.version === tool.currentVersion,
    contentHash: can(principal, 'tool.read_behavior', toolSubject(tool)) ? version.contentHash : null,
    createdBy: personFor(principal, tool, version.createdBy, version.createdByName),
    createdAt: version.createdAt.toISOString(),
    links: { self: `${toolLink(tool.id)}/versions/${version.version}`, tool: toolLink(tool.id) },
  };
}

/** A version with its definition, without the parts that only editors may see. */
export function presentVersionInFull(principal: Principal, tool: Tool, version: ToolVersion) {
  const seesBehavior = can(principal, 'tool.read_behavior', toolSubject(tool));
  return {
    ...presentVersion(principal, tool, version),
    definition: definitionFor(version.definition, seesBehavior),
  };
}

/** The differences between two versions. */
export function presentDiff(toolId: string, from: number, to: number, changes: readonly Change[]) {
  return {
    toolId,
    from,
    to,
    changes,
    links: {
      tool: toolLink(toolId),
      from: `${toolLink(toolId)}/versions/${from}`,
      to: `${toolLink(toolId)}/versions/${to}`,
    },
  };
}
