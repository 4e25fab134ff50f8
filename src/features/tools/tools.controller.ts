import type { z } from 'zod';
import { type Call, listOrderOf, listQueryOf, type Reply, reply } from '../../http/route';
import type { IdParams } from '../../http/schemas';
import { mapPage } from '../../shared/pages';
import {
  presentDiff,
  presentTool,
  presentToolWithVersion,
  presentVersion,
  presentVersionInFull,
  toolLink,
} from './tools.presenter';
import type {
  CreateToolBody,
  DiffParams,
  ForkToolBody,
  RollbackToolBody,
  ToolsQuery,
  UpdateToolBody,
  VersionParams,
  VersionsQuery,
} from './tools.schemas';
import type { ToolsService, ToolWithVersion } from './tools.service';
import type { ToolVersionsService } from './tools.versions.service';

type Id = z.output<typeof IdParams>;

export class ToolsController {
  constructor(
    private readonly tools: ToolsService,
    private readonly versions: ToolVersionsService,
  ) {}

  list = async ({ principal, query }: Call<unknown, z.output<typeof ToolsQuery>>): Promise<Reply> => {
    const page = await this.tools.listTools(principal, listQueryOf(query));
    return reply.page(mapPage(page, (tool) => presentTool(principal, tool)));
  };

  get = async (call: Call<Id>): Promise<Reply> =>
    this.ok(call, await this.tools.getTool(call.principal, call.params.id));

  create = async (call: Call<unknown, unknown, z.output<typeof CreateToolBody>>): Promise<Reply> =>
    this.created(call, await this.tools.createTool(call.principal, call.body));

  update = async (call: Call<Id, unknown, z.output<typeof UpdateToolBody>>): Promise<Reply> =>
    this.ok(call, await this.tools.updateTool(call.principal, call.params.id, call.body, call.ifMatch));

  archive = async ({ principal, params, ifMatch }: Call<Id>): Promise<Reply> => {
    await this.tools.archiveTool(principal, params.id, ifMatch);
    return reply.noContent();
  };

  publish = async (call: Call<Id>): Promise<Reply> =>
    this.ok(call, await this.tools.publishTool(call.principal, call.params.id, call.ifMatch));

  restore = async (call: Call<Id>): Promise<Reply> =>
    this.ok(call, await this.tools.restoreTool(call.principal, call.params.id));

  fork = async (call: Call<Id, unknown, z.output<typeof ForkToolBody>>): Promise<Reply> =>
    this.created(call, await this.tools.forkTool(call.principal, call.params.id, call.body.groupId));

  rollBack = async (call: Call<Id, unknown, z.output<typeof RollbackToolBody>>): Promise<Reply> =>
    this.ok(
      call,
      await this.tools.rollBackTool(call.principal, call.params.id, call.body.version, call.ifMatch),
    );

  listVersions = async ({
    principal,
    params,
    query,
  }: Call<Id, z.output<typeof VersionsQuery>>): Promise<Reply> => {
    const { tool, versions } = await this.versions.listVersions(principal, params.id, listOrderOf(query));
    return reply.page(mapPage(versions, (version) => presentVersion(principal, tool, version)));
  };

  getVersion = async ({ principal, params }: Call<z.output<typeof VersionParams>>): Promise<Reply> => {
    const { tool, version } = await this.versions.getVersion(principal, params.id, params.version);
    return reply.ok(presentVersionInFull(principal, tool, version));
  };

  diff = async ({ principal, params: { id, from, to } }: Call<z.output<typeof DiffParams>>): Promise<Reply> =>
    reply.ok(presentDiff(id, from, to, await this.versions.diffVersions(principal, id, from, to)));

  private ok({ principal }: Call, found: ToolWithVersion): Reply {
    return reply.ok(presentToolWithVersion(principal, found), found.shown.version);
  }

  private created({ principal }: Call, made: ToolWithVersion): Reply {
    return reply.created(toolLink(made.tool.id), presentToolWithVersion(principal, made), made.shown.version);
  }
}
