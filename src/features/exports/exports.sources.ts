import type { Database } from '../../platform/db/database';
import type { UsageReader } from '../usage';
import { auditSource } from './exports.audit.rows';
import { onReplica } from './exports.replica.rows';
import { rosterRows } from './exports.roster.rows';
import type { TableRows } from './exports.rows';
import { SqlRows } from './exports.sql.rows';
import type { TableKind } from './exports.types';
import { UsageRows } from './exports.usage.rows';
import { gradebookSource, messagesSource, submissionsSource } from './exports.work.rows';

/** Where the rows of each kind of table come from. */
export function createSources(
  db: Database,
  usage: UsageReader,
  currency: string,
): Readonly<Record<TableKind, TableRows>> {
  return {
    roster: onReplica(db, rosterRows(db)),
    gradebook: onReplica(db, new SqlRows(db, gradebookSource)),
    submissions: onReplica(db, new SqlRows(db, submissionsSource)),
    messages: onReplica(db, new SqlRows(db, messagesSource)),
    usage: onReplica(db, new UsageRows(db, usage, currency)),
    audit: onReplica(db, new SqlRows(db, auditSource)),
  };
}
