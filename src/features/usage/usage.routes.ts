import { defineRoute, type Route, signedIn } from '../../http/route';
import { CSV, type UsageController } from './usage.controller';
import { ListUsageQuery, UsageSchema, UsageTotalsSchema } from './usage.schemas';

export const usageRoutes = (controller: UsageController): Route[] => [
  defineRoute({
    method: 'get',
    path: '/admin/ai-usage',
    summary: 'Get AI usage',
    description:
      'Returns calls, tokens and cost by day, month, group, class, tool, model, role or user, up to this moment. Admins see the groups that they manage, platform admins all. Teachers see a class of theirs if they send `classId`. The range is at most 1,096 days, or 184 days if you sum by day or ask about single users. `meta.totals` is the sum of all pages.',
    access: signedIn('usage.read'),
    query: ListUsageQuery,
    success: {
      status: 200,
      description: 'A page of sums, or all sums as a table.',
      data: UsageSchema,
      list: true,
      totals: UsageTotalsSchema,
      formats: [CSV],
    },
    errors: {
      'group.not_found': 'There is no such group, or you may not see it.',
      'class.not_found': 'There is no such class, or you may not see it.',
      'user.not_found': 'There is no such user, or you may not see them.',
      'usage.being_prepared':
        'The usage is still being summed up, which takes longer than one request may. Try again after the time in `Retry-After`.',
      'usage.too_large': 'The table would have too many rows, or there are too many calls to sum by user.',
    },
    handler: controller.list,
  }),
];
