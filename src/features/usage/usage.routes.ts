import { defineRoute, type Route, signedIn } from '../../http/route';
import { CSV, type UsageController } from './usage.controller';
import { ListUsageQuery, UsageSchema, UsageTotalsSchema } from './usage.schemas';

export const usageRoutes = (controller: UsageController): Route[] => [
  defineRoute({
    method: 'get',
    path: '/admin/ai-usage',
    summary: 'Sum up the use of models',
    description:
      'Calls, tokens and cost by day, month, group, class, tool, model, role or person, up to this moment. Admins see the groups that they manage, platform admins all, and teachers, with `classId`, a class of theirs. At most 1,096 days; 184 if it is summed by day or about single people. `meta.totals` is the sum of all pages.',
    access: signedIn('usage.read'),
    query: ListUsageQuery,
    success: {
      status: 200,
      description: 'A page of sums, or all of them as a table.',
      data: UsageSchema,
      list: true,
      totals: UsageTotalsSchema,
      formats: [CSV],
    },
    errors: {
      'group.not_found': 'There is no such group, or not for the caller.',
      'class.not_found': 'There is no such class, or not for the caller.',
      'user.not_found': 'There is no such person, or not for the caller.',
      'usage.being_prepared':
        'So much is not summed up yet that it takes longer than a request may; `Retry-After` says when to ask again.',
      'usage.too_large':
        'The table would have too many rows, or there are too many calls to sum them up by person.',
    },
    handler: controller.list,
  }),
];
