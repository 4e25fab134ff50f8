import type { Database } from '../../../platform/db/database';
import type { TableRows } from './exports.table-rows';

/**
 * Reads the same rows from the replica, if there is one. A replica that has everything from before the
 * export's snapshot can serve all of its pages, however far it lags behind now.
 */
export function onReplica(db: Database, rows: TableRows): TableRows {
  return {
    pageRows: rows.pageRows,
    columns: (withDrafts) => rows.columns(withDrafts),
    count: (request) => db.onReplica(() => rows.count(request), { asOf: request.snapshotAt }),
    page: (request, after, limit) =>
      db.onReplica(() => rows.page(request, after, limit), { asOf: request.snapshotAt }),
    people: (request) => db.onReplica(() => rows.people(request), { asOf: request.snapshotAt }),
  };
}
