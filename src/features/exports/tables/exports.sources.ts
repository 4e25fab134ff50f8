import type { Database } from '../../../platform/db/database';
import type { UsageReader } from '../../usage';
import type { TableKind } from '../exports.types';
import { auditSource } from './exports.audit.sql';
import { type NamesOfEvents, withEventNames } from './exports.audit-names';
import { onReplica } from './exports.on-replica';
import { rosterRows } from './exports.roster.sql';
import { SqlRows } from './exports.sql-rows.read-model';
import type { TableRows } from './exports.table-rows';
import { UsageRows } from './exports.usage.read-model';
import { gradebookSource, messagesSource, submissionsSource } from './exports.work.sql';

export interface SourceDeps {
  db: Database;
  usage: UsageReader;
  /** The currency of the costs. */
  currency: string;
  namesOfEvents: NamesOfEvents;
}

/** Creates the sources of the rows, by kind of table. */
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
