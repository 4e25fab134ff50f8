import { z } from 'zod';
import { id, listQuery, money, queryFlag, text } from '../../http/schemas';
import { USAGE_DIMENSIONS, USAGE_ROLES, type UsageDimension } from './usage.types';

/** Beyond this a table of groups is no longer read by anybody. */
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
  from: day().optional().describe('First day, in the time zone of the tenant. Default: 30 days before `to`.'),
  to: day().optional().describe('Last day, included. Default: today.'),
  groupId: id().optional().describe('Only this group and those below it.'),
  classId: id().optional(),
  toolId: id().optional(),
  model: text(1, 200).optional(),
  role: z.enum(USAGE_ROLES).optional().describe('In which role people asked; `none` for who has none.'),
  groupBy: groupBy.describe(
    `What to sum by: up to ${MAX_DIMENSIONS} of ${USAGE_DIMENSIONS.join(', ')}, with commas between.`,
  ),
  userId: id()
    .optional()
    .describe(
      'Only what this person asked. Needs the right to read that person, and of API tokens `users:read`.',
    ),
  format: z
    .enum(['json', 'csv'])
    .optional()
    .describe('`csv` answers with all rows as a table, as `Accept: text/csv` does.'),
  bom: queryFlag()
    .optional()
    .describe('Begin the table with a byte order mark, by which Excel knows that it is UTF-8.'),
});

export const ListUsageQuery = UsageQuery.extend({
  sort: UsageQuery.shape.sort
    .unwrap()
    .optional()
    .describe(
      'Field to sort by; a leading - turns the order round. `key` is what is summed by. Default: `key`, or `-costMicros` if it is summed by `user`.',
    ),
});

const count = () => z.number().int();
const sums = {
  calls: count().describe('Settled calls, failed and broken-off ones included.'),
  failedCalls: count(),
  abortedCalls: count(),
  estimatedCalls: count().describe(
    'Calls whose tokens the provider did not count: their share of the tokens and of the cost is an estimate.',
  ),
  inputTokens: count(),
  outputTokens: count(),
  ...money({ costMicros: 'What the calls cost' }),
};
const named = () => z.object({ id: z.uuid(), name: z.string() }).nullable();

export const UsageTotalsSchema = z.object(sums).meta({ id: 'UsageTotals' });

export const UsageSchema = z
  .object({
    day: z.iso.date().nullable().describe('Null, as the others, unless summed by it.'),
    month: z.string().nullable().describe('`2026-03`'),
    group: named(),
    class: named().describe('Null also for usage outside of classes.'),
    tool: named(),
    model: z.string().nullable(),
    role: z.enum(USAGE_ROLES).nullable(),
    user: z
      .object({ id: z.uuid(), name: z.string().nullable() })
      .nullable()
      .describe(
        'The name is null unless you may read that person, and if they are deleted; API tokens need `users:read`.',
      ),
    ...sums,
  })
  .meta({ id: 'Usage' });
