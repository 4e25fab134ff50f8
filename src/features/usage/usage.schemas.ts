import { z } from 'zod';
import { id, listQuery, money, queryFlag, text } from '../../http/schemas';
import { USAGE_DIMENSIONS, USAGE_ROLES, type UsageDimension } from './usage.types';

/** With more dimensions the table is no longer readable. */
const MAX_DIMENSIONS = 3;
const DIMENSION = USAGE_DIMENSIONS.join('|');

const day = () =>
  z.iso.date().refine((value) => value >= '1970-01-01', { message: 'must be 1970-01-01 or later' });

const groupBy = z
  .string()
  .max(60)
  .regex(new RegExp(`^(${DIMENSION})(,(${DIMENSION})){0,${MAX_DIMENSIONS - 1}}$`), {
    message: `name up to ${MAX_DIMENSIONS} of ${USAGE_DIMENSIONS.join(', ')}, separated by commas`,
  })
  .default('day')
  .transform((value) => [...new Set(value.split(','))] as UsageDimension[]);

const UsageQuery = listQuery(['key', 'calls', 'inputTokens', 'outputTokens', 'costMicros'], {
  from: day()
    .optional()
    .describe('The first day, in the time zone of the tenant. Default: 30 days before `to`.'),
  to: day().optional().describe('The last day (included). Default: today.'),
  groupId: id().optional().describe('Only this group and the groups below it.'),
  classId: id().optional(),
  toolId: id().optional(),
  model: text(1, 200).optional(),
  role: z
    .enum(USAGE_ROLES)
    .optional()
    .describe('The role in which users asked; `none` for users without a role.'),
  groupBy: groupBy.describe(
    `The dimensions to sum by: up to ${MAX_DIMENSIONS} of ${USAGE_DIMENSIONS.join(', ')}, separated by commas.`,
  ),
  userId: id()
    .optional()
    .describe(
      'Only the usage of this user. You need the right to read the user; API tokens need the scope `users:read`.',
    ),
  format: z
    .enum(['json', 'csv'])
    .optional()
    .describe('`csv`: the answer is a table with all rows, the same as with `Accept: text/csv`.'),
  bom: queryFlag()
    .optional()
    .describe('Start the table with a byte order mark, so that Excel recognizes UTF-8.'),
});

export const ListUsageQuery = UsageQuery.extend({
  sort: UsageQuery.shape.sort
    .unwrap()
    .optional()
    .describe(
      'The field to sort by. A leading `-` reverses the order. `key` means the dimensions that you sum by. Default: `key`, or `-costMicros` if you sum by `user`.',
    ),
});

const count = () => z.number().int();
const sums = {
  calls: count().describe('Finished calls, including failed and interrupted calls.'),
  failedCalls: count(),
  abortedCalls: count(),
  estimatedCalls: count().describe(
    'Calls whose tokens the provider did not count. Their share of the tokens and the cost is an estimate.',
  ),
  inputTokens: count(),
  outputTokens: count(),
  ...money({ costMicros: 'What the calls cost' }),
};
const named = () => z.object({ id: z.uuid(), name: z.string() }).nullable();

export const UsageTotalsSchema = z.object(sums).meta({ id: 'UsageTotals' });

export const UsageSchema = z
  .object({
    day: z.iso.date().nullable().describe('Null unless you sum by it, like the other dimensions.'),
    month: z.string().nullable().describe('`2026-03`'),
    group: named(),
    class: named().describe('Also null for usage outside of classes.'),
    tool: named(),
    model: z.string().nullable(),
    role: z.enum(USAGE_ROLES).nullable(),
    user: z
      .object({ id: z.uuid(), name: z.string().nullable() })
      .nullable()
      .describe(
        'The name is null if you may not read the user, or if the user is deleted. API tokens need the scope `users:read`.',
      ),
    ...sums,
  })
  .meta({ id: 'Usage' });
