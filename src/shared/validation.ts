import type { z } from 'zod';
import { type FieldIssue, InvalidInputError } from './errors';
import { findOversize } from './sizes';

/** The most refused fields that one answer lists. */
const MAX_ISSUES = 50;

function pathOf(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (joined, part) => (typeof part === 'number' ? `${joined}[${part}]` : `${joined}.${String(part)}`),
    root,
  );
}

/** The refused fields, up to the number that an answer lists. */
function issuesOf(root: string, error: z.ZodError): FieldIssue[] {
  return error.issues.slice(0, MAX_ISSUES).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.slice(0, MAX_ISSUES).map((key) => ({
        path: pathOf(root, [...issue.path, key.slice(0, 100)]),
        reason: 'unknown_field',
        message: 'this field does not exist here: leave it out',
      }));
    }
    // A schema's own check may give a finer reason than 'custom'.
    const reason =
      issue.code === 'custom' && typeof issue.params?.reason === 'string' ? issue.params.reason : issue.code;
    return [{ path: pathOf(root, issue.path), reason, message: issue.message }];
  });
}

/**
 * Returns the value if it matches the schema.
 * @param root `params`, `query` or `body`: the first word of each path in the answer
 * @throws InvalidInputError that lists each refused field with its path and the reason
 */
export function parse<S extends z.ZodType>(
  root: 'params' | 'query' | 'body',
  schema: S,
  value: unknown,
): z.output<S> {
  const oversize = findOversize(schema, value, [root]);
  if (oversize !== null) throw new InvalidInputError('The request is not valid.', { issues: [oversize] });
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInputError('The request is not valid.', {
    issues: issuesOf(root, result.error).slice(0, MAX_ISSUES),
  });
}
