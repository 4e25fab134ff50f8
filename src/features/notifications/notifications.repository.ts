import { z } from 'zod';
import type { Database } from '../../platform/db/database';
import type { ListReader, SortColumn } from '../../platform/db/paging';
import { type Sql, sql } from '../../platform/db/sql';
import type { Page, PageRequest } from '../../shared/pages';
import { NOTIFICATION_EVENTS, type NotificationEvent } from './notifications.events';
import type { Notification } from './notifications.types';

const NotificationRow = z.object({
  id: z.string(),
  event: z.enum(NOTIFICATION_EVENTS),
  subjectId: z.string(),
  assignmentId: z.string().nullable(),
  classId: z.string().nullable(),
  assignmentTitle: z.string().nullable(),
  className: z.string().nullable(),
  readAt: z.date().nullable(),
  createdAt: z.date(),
});
const CountRow = z.object({ count: z.number() });

/** Titles are for those who could read them in the class itself, or on work of theirs that was returned. */
const IN_CLASS = sql`EXISTS (SELECT FROM class_people p WHERE p.class_id = e.class_id AND p.user_id = n.user_id)`;
const OWN_WORK = sql`(e.event = 'submission.returned' AND (n.user_id = ANY(e.user_ids)
  OR EXISTS (SELECT FROM active_guardians l WHERE l.guardian_id = n.user_id AND l.student_id = ANY(e.user_ids))))`;
const COLUMNS = sql`n.id, e.event, e.subject_id AS "subjectId", e.assignment_id AS "assignmentId", e.class_id AS "classId",
  CASE WHEN a.deleted_at IS NULL AND (${IN_CLASS} OR ${OWN_WORK}) THEN a.title END AS "assignmentTitle",
  CASE WHEN ${IN_CLASS} THEN c.name END AS "className", n.read_at AS "readAt", n.created_at AS "createdAt"`;
const FROM = sql`notifications n JOIN notification_events e ON e.id = n.event_id
  LEFT JOIN assignments a ON a.id = e.assignment_id LEFT JOIN classes c ON c.id = e.class_id`;

export const NOTIFICATION_SORTS = {
  createdAt: { expression: sql`n.created_at`, type: 'timestamptz' },
} satisfies Record<string, SortColumn>;

export interface NotificationFilters {
  unread?: boolean | undefined;
  event?: NotificationEvent | undefined;
}

/** Somebody's list. */
export class NotificationsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  async list(
    userId: string,
    filters: NotificationFilters,
    sort: { column: SortColumn; descending: boolean; name: string },
    page: PageRequest,
  ): Promise<Page<Notification>> {
    const where: Sql[] = [sql`n.user_id = ${userId}::uuid`, sql`n.listed`];
    if (filters.unread !== undefined)
      where.push(filters.unread ? sql`n.read_at IS NULL` : sql`n.read_at IS NOT NULL`);
    if (filters.event !== undefined) where.push(sql`e.event = ${filters.event}`);
    return this.lists.list({
      columns: COLUMNS,
      from: FROM,
      where,
      sort,
      id: sql`n.id`,
      page,
      row: NotificationRow,
    });
  }

  async countUnread(userId: string): Promise<number> {
    const row = await this.db.row(
      sql`SELECT count(*) AS count FROM notifications WHERE user_id = ${userId}::uuid AND listed AND read_at IS NULL`,
      CountRow,
    );
    return row?.count ?? 0;
  }

  async find(userId: string, id: string): Promise<Notification | null> {
    return this.db.row(
      sql`SELECT ${COLUMNS} FROM ${FROM} WHERE n.id = ${id}::uuid AND n.user_id = ${userId}::uuid AND n.listed`,
      NotificationRow,
    );
  }

  /** What was read before stays read since then. @returns false where there is none of theirs. */
  async markRead(userId: string, id: string, readAt: Date | null): Promise<boolean> {
    const touched = await this.db.execute(
      sql`UPDATE notifications SET read_at = CASE WHEN ${readAt}::timestamptz IS NULL THEN NULL ELSE coalesce(read_at, ${readAt}) END
          WHERE id = ${id}::uuid AND user_id = ${userId}::uuid AND listed`,
    );
    return touched === 1;
  }

  /** @returns how many were unread. */
  async markAllRead(userId: string, now: Date): Promise<number> {
    return this.db.execute(
      sql`UPDATE notifications SET read_at = ${now} WHERE user_id = ${userId}::uuid AND listed AND read_at IS NULL`,
    );
  }
}
