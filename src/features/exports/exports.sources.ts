import type { Database } from '../../platform/db/database';
import type { UsageReader } from '../usage';
import { type NamesOfEvents, withEventNames } from './exports.audit.names.rows';
import { auditSource } from './exports.audit.rows';
import { onReplica } from './exports.replica.rows';
import { rosterRows } from './exports.roster.rows';
import type { TableRows } from './exports.rows';
import { SqlRows } from './exports.sql.rows';
import type { TableKind } from './exports.types';
import { UsageRows } from './exports.usage.rows';
import { gradebookSource, messagesSource, submissionsSource } from './exports.work.rows';

export interface SourceDeps {
  db: Database;
  usage: UsageReader;
  /** Of the costs. */
  currency: string;
  namesOfEvents: NamesOfEvents;
}

/** Where the rows of each kind of table come from. */
export function createSources({
  db,
  usage,
  currency,
  namesOfEvents,
}: SourceDeps): Readonly<Record<TableKind, TableRows>> {
  return {
    roster: onReplica(db, rosterRows(db)),
    gradebook: onReplica(db, new SqlRows(db, gradebookSource)),
    submissions: onReplica(db, new SqlRows(db, submissionsSource)),
    messages: onReplica(db, new SqlRows(db, messagesSource)),
    usage: onReplica(db, new UsageRows(db, usage, currency)),
    audit: withEventNames(onReplica(db, new SqlRows(db, auditSource)), namesOfEvents),
  };
}
