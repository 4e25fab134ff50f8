import type { SchoolCalendar } from '../calendar';
import { TOOLS } from '../data';
import type { DemoTool, ToolKey } from '../demo.schemas';
import type { GroupIds } from './groups';
import { known, type Stage } from './stage';

/** A colleague's copy of a tool that its author lets others copy. */
const FORK = { tool: 'exitTicket', by: 'raman', into: 'highScience' } as const;

export type ToolIds = ReadonlyMap<ToolKey, string>;

/**
 * Creates the tools, each as its author: published at the beginning of the term, revised some weeks later.
 */
export async function buildTools(stage: Stage, calendar: SchoolCalendar, groups: GroupIds): Promise<ToolIds> {
  const ids = new Map<ToolKey, string>();
  stage.clock.set(calendar.date({ day: -40, at: '16:00' }));
  for (const tool of TOOLS) ids.set(tool.key, await createTool(stage, groups, tool));
  stage.clock.set(calendar.date({ day: -15, at: '17:30' }));
  for (const tool of TOOLS) await reviseTool(stage, known(ids, tool.key), tool);
  await stage.as(FORK.by, (principal) =>
    stage.container.tools.service.forkTool(principal, known(ids, FORK.tool), known(groups, FORK.into)),
  );
  return ids;
}

async function createTool(stage: Stage, groups: GroupIds, tool: DemoTool): Promise<string> {
  const { author, group, visibility, forkable, definition, state } = tool;
  const { service } = stage.container.tools;
  return stage.as(author, async (principal) => {
    const groupId = known(groups, group);
    const created = await service.createTool(principal, { groupId, visibility, forkable, definition });
    if (state === 'published') await service.publishTool(principal, created.tool.id, null);
    return created.tool.id;
  });
}

async function reviseTool(stage: Stage, id: string, { author, revision }: DemoTool): Promise<void> {
  if (revision === undefined) return;
  await stage.as(author, (principal) =>
    stage.container.tools.service.updateTool(principal, id, { definition: revision }, null),
  );
}
