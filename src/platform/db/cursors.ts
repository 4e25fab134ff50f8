import { z } from 'zod';
import { InvalidInputError } from '../../shared/errors';

const Cursor = z.tuple([z.string().max(200), z.string().max(2_000), z.uuid()]);

/** The key and the id of the row before a page. @throws InvalidInputError for a cursor of another list or order. */
export function decodeCursor(cursor: string, sortName: string): { key: string; id: string } {
  try {
    const [name, key, id] = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    if (name === sortName && !key.includes('\0')) return { key, id };
  } catch {
    // Falls through: the caller gets the same error whatever is wrong with it.
  }
  throw invalidCursor();
}

export function invalidCursor(): InvalidInputError {
  return new InvalidInputError('The cursor does not belong to this list and sort order.', {
    issues: [
      {
        path: 'query.cursor',
        reason: 'invalid_cursor',
        message: 'Take the cursor from meta.pagination.nextCursor of the same list, with the same sort.',
      },
    ],
  });
}

/** The cursor after a row: base64url of the sort, the row's key and its id. */
export function encodeCursor(sortName: string, key: string, id: string): string {
  return Buffer.from(JSON.stringify([sortName, key, id])).toString('base64url');
}

/**
 * Whether the database could not read a value (class 22; 42601 of ltree): only an invented cursor has such
 * a value.
 */
function isUnreadableValue(error: unknown): boolean {
  return error instanceof Error && /^(?:22|42601)/.test((error as { code?: string }).code ?? '');
}

/** Runs `read`. A value that the database cannot read came from the cursor, so it is the caller's mistake. */
export async function readBehind<Rows>(cursor: string | null, read: () => Promise<Rows>): Promise<Rows> {
  try {
    return await read();
  } catch (error) {
    throw cursor !== null && isUnreadableValue(error) ? invalidCursor() : error;
  }
}
