import type { Request } from 'express';
import type { z } from 'zod';
import { type Call, listOrderOf, type Reply, reply } from '../../http/route';
import { mapPage } from '../../shared/pages';
import { presentSums, presentTable, presentUsage } from './usage.presenter';
import type { ListUsageQuery } from './usage.schemas';
import type { UsageService } from './usage.service';

export const CSV = 'text/csv';

/** Whether the request prefers a table; a client that accepts anything gets JSON. */
function wantsTable(req: Request, format: 'json' | 'csv' | undefined): boolean {
  return format === undefined ? req.accepts(['application/json', CSV]) === CSV : format === 'csv';
}

export class UsageController {
  constructor(
    private readonly usage: UsageService,
    private readonly currency: string,
  ) {}

  list = async ({
    principal,
    query,
    req,
    res,
  }: Call<unknown, z.output<typeof ListUsageQuery>>): Promise<Reply> => {
    const { page: _page, cursor: _cursor, limit: _limit, sort: _sort, format, bom, ...question } = query;
    const sort = query.sort ?? (question.groupBy.includes('user') ? '-costMicros' : 'key');
    if (wantsTable(req, format)) {
      const table = presentTable(await this.usage.table(principal, question), {
        groupBy: question.groupBy,
        currency: this.currency,
        bom: bom === true,
      });
      res
        .status(200)
        .set({ 'Content-Disposition': 'attachment; filename="ai-usage.csv"', Vary: 'Accept' })
        .type(`${CSV}; charset=utf-8`)
        .end(table);
      return reply.handled();
    }
    const { page, totals } = await this.usage.list(principal, question, listOrderOf({ ...query, sort }));
    return reply.page(
      mapPage(page, (usage) => presentUsage(usage, this.currency)),
      presentSums(totals, this.currency),
    );
  };
}
