import type { z } from 'zod';
import type { Principal } from '../../authz/ability';
import { sendFile } from '../../http/file-answer';
import { type Call, listQueryOf, type Reply, reply } from '../../http/route';
import type { Clock } from '../../shared/clock';
import { mapPage } from '../../shared/pages';
import type { DownloadService } from './download/exports.download.service';
import { exportLocation, presentExport, presentLink } from './exports.presenter';
import type { CreateExportBody, DownloadQuery, ListExportsQuery } from './exports.schemas';
import type { ExportsService } from './exports.service';
import type { Export } from './exports.types';

type Id = { id: string };

export class ExportsController {
  constructor(
    private readonly exports: ExportsService,
    private readonly downloads: DownloadService,
    private readonly clock: Clock,
  ) {}

  create = async ({
    principal,
    body,
  }: Call<unknown, unknown, z.output<typeof CreateExportBody>>): Promise<Reply> => {
    const made = await this.exports.createExport(principal, body);
    return reply.accepted(exportLocation(made.id), this.present(principal, made));
  };

  list = async ({ principal, query }: Call<unknown, z.output<typeof ListExportsQuery>>): Promise<Reply> => {
    const page = await this.exports.listExports(principal, listQueryOf(query));
    return reply.page(mapPage(page, (found) => this.present(principal, found)));
  };

  get = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const found = await this.exports.getExport(principal, params.id);
    return reply.ok(this.present(principal, found), found.revision);
  };

  delete = async ({ principal, params }: Call<Id>): Promise<Reply> => {
    const found = await this.exports.deleteExport(principal, params.id);
    return reply.ok(this.present(principal, found), found.revision);
  };

  link = async ({ principal, params }: Call<Id>): Promise<Reply> =>
    reply.ok(presentLink(params.id, await this.downloads.createLink(principal, params.id)));

  download = async ({
    principal,
    params,
    query,
    req,
    res,
  }: Call<Id, z.output<typeof DownloadQuery>>): Promise<Reply> => {
    const { sha256, ...file } = await this.downloads.openLink(principal, params.id, query.token);
    await sendFile(req, res, { ...file, tag: sha256 });
    return reply.handled();
  };

  private present(principal: Principal, found: Export) {
    return presentExport(principal, found, this.clock.now());
  }
}
