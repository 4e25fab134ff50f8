import { z } from 'zod';
import { type Sql, sql } from '../../platform/db/sql';

const SUMS = {
  calls: z.number(),
  failedCalls: z.number(),
  estimatedCalls: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  costMicros: z.number(),
};

export const UsageSumRow = z.object(SUMS);
export const NamedUsageRow = z.object({ id: z.string().nullable(), name: z.string().nullable(), ...SUMS });

/** The sums over calls `a`. */
export const usageSums = (): Sql => sql`count(*) AS calls,
    count(*) FILTER (WHERE a.state <> 'succeeded') AS "failedCalls",
    count(*) FILTER (WHERE a.estimated) AS "estimatedCalls",
    coalesce(sum(a.input_tokens), 0) AS "inputTokens",
    coalesce(sum(a.output_tokens), 0) AS "outputTokens",
    coalesce(sum(a.cost_micros), 0) AS "costMicros"`;

/** The sums over rows `a` that are already sums. */
export const sumsOfSums = (): Sql => sql`coalesce(sum(a.calls), 0) AS calls,
    coalesce(sum(a.failed), 0) AS "failedCalls",
    coalesce(sum(a.estimated), 0) AS "estimatedCalls",
    coalesce(sum(a.input), 0) AS "inputTokens",
    coalesce(sum(a.output), 0) AS "outputTokens",
    coalesce(sum(a.cost), 0) AS "costMicros"`;
