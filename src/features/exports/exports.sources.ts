import type { Database } from '../../platform/db/database';
import type { UsageReader } from '../usage';
import { auditSource } from './exports.audit.rows';
import { rosterSource } from './exports.roster.rows';
import type { TableRows } from './exports.rows';
import { SqlRows } from './exports.sql.rows';
import type { TableKind } from './exports.types';
import { UsageRows } from './exports.usage.rows';
import { gradebookSource, messagesSource, submissionsSource } from './exports.work.rows';

/** Where the rows of each kind of table come from. */
export function createSources(db: Database, usage: UsageReader): Readonly<Record<TableKind, TableRows>> {
  return {
    roster: new SqlRows(db, rosterSource),
    gradebook: new SqlRows(db, gradebookSource),
    submissions: new SqlRows(db, submissionsSource),
    messages: new SqlRows(db, messagesSource),
    usage: new UsageRows(db, usage),
    audit: new SqlRows(db, auditSource),
  };
}
