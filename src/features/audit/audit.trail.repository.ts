import type { Database } from '../../platform/db/database';
import { type ListReader, sortBy } from '../../platform/db/paging';
import { sql } from '../../platform/db/sql';
import type { ListQuery, Page } from '../../shared/pages';
import { AUDIT_SORTS, EVENTS_FROM, EventRow, eventColumns, eventConditions, selectEvent } from './audit.sql';
import type { AuditEvent, AuditFilters } from './audit.types';

/** Reads the trail for people. */
export class AuditTrailRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async list({ filters, sort, page }: ListQuery<AuditFilters>): Promise<Page<AuditEvent>> {
    return this.lists.list({
      columns: eventColumns,
      from: EVENTS_FROM,
      where: eventConditions(filters),
      sort: sortBy(AUDIT_SORTS, sort),
      id: sql`e.id`,
      page,
      row: EventRow,
    });
  }

  async find(id: string): Promise<AuditEvent | null> {
    return this.db.row(selectEvent(id), EventRow);
  }
}
